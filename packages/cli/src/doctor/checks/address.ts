import { ingestUrl } from '@tracehub/core-sender/dead-letters';
import type { Check, Finding } from '../check.ts';
import { failure, ok, skipped } from '../check.ts';
import type { Facts } from '../facts.ts';
import { isOurs } from '../is-ours.ts';
import { type HttpAnswer, ask, headerOf, pageOf } from '../../http/ask.ts';
import { redirected } from './redirected.ts';

/** Whether it is TraceHub that answers, at this address. */
export const address: Check = { id: 'address', needs: ['answer'], run };

async function run(facts: Facts): Promise<Finding> {
  const { answer: given } = facts;
  if (!given) return skipped('no answer');
  const url = new URL(ingestUrl(facts.settings.options.endpoint));
  if (given.status >= 300 && given.status < 400) return redirected(url, headerOf(given, 'location'));
  if (given.status === 407) {
    return failure(
      'a proxy in between answers and asks for a user and password (407)',
      'name it with user and password in HTTPS_PROXY or HTTP_PROXY, or have this machine let through',
    );
  }
  if (isOurs(given)) return ok(`TraceHub answers at ${url.href}`);
  if (given.status === 404 || given.status === 405 || given.status === 410)
    return wrongPath(url, given, facts);
  return foreign(given, facts);
}

/** The path is wrong; the right one is most often a part of it. */
async function wrongPath(url: URL, { status }: HttpAnswer, facts: Facts): Promise<Finding> {
  const found = await findBase(facts);
  const next =
    found === undefined
      ? 'the endpoint is the base URL of the server, such as https://logs.example.com, without /api/…'
      : `set the endpoint to ${found}: TraceHub answers there`;
  return failure(
    `there is no TraceHub at ${url.href} (status ${status})`,
    next,
    found ? { found } : undefined,
  );
}

/** Tries the endpoint with its path cut short, on the same host. */
async function findBase({ endpoint, settings, timeout }: Facts): Promise<string | undefined> {
  const parts = endpoint.pathname.split('/').filter((part) => part !== '');
  while (parts.length > 0) {
    parts.pop();
    const base = [endpoint.origin, ...parts].join('/');
    const headers = { 'x-api-key': settings.options.apiKey };
    const given = await ask(ingestUrl(base), { body: '[]', timeout, headers }).catch(() => undefined);
    if (given && isOurs(given)) return base;
  }
  return undefined;
}

function foreign(given: HttpAnswer, { route, endpoint }: Facts): Finding {
  const { status } = given;
  const said = `${endpoint.host} answers with status ${status} and ${pageOf(given) ?? 'something that is not TraceHub’s'}`;
  if (status === 502 || status === 504) {
    return failure(
      `${said}: a gateway that cannot reach the server behind it`,
      'start the TraceHub API behind it, or look into its log; meanwhile apps keep their logs on disk',
    );
  }
  const isBusy = status === 429 || status === 503;
  const who =
    route.kind === 'proxy'
      ? `the proxy of ${route.variable} or a login page behind it`
      : 'a login page of the network (captive portal), a proxy, or another web server';
  return failure(
    `${said}: ${isBusy ? 'a gateway that lets nothing through for now, ' : ''}${who} stands in the way, or the endpoint is wrong`,
    'open the endpoint in a browser from this machine and see who answers; log in there, or correct the endpoint',
  );
}
