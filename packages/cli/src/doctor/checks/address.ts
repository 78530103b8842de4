import { ingestUrl } from '@tracehub/core-sender/dead-letters';
import type { Check, Finding } from '../check.ts';
import { failure, ok, skipped } from '../check.ts';
import type { Facts } from '../facts.ts';
import { type HttpAnswer, ask, headerOf, jsonOf, pageOf } from '../../http/ask.ts';

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
  if (isOurs(given) || given.status >= 500 || given.status === 429)
    return ok(`TraceHub answers at ${url.href}`);
  if (given.status === 404 || given.status === 405 || given.status === 410)
    return wrongPath(url, given, facts);
  return foreign(given, facts);
}

/** Whether an answer is one that TraceHub, or our collector, gives. */
function isOurs(given: HttpAnswer): boolean {
  const body = jsonOf(given);
  if (typeof body !== 'object' || body === null) return false;
  if (given.status === 200 || given.status === 202)
    return typeof (body as { accepted?: unknown }).accepted === 'number';
  return [400, 401, 403, 422].includes(given.status) && 'detail' in body;
}

function redirected(url: URL, location: string | undefined): Finding {
  const to = location !== undefined && URL.canParse(location, url.href) ? new URL(location, url) : undefined;
  if (!to)
    return failure(
      'the server redirects, and does not say where',
      'give the address it means as the endpoint',
    );
  const isUpgrade = url.protocol === 'http:' && to.protocol === 'https:' && to.hostname === url.hostname;
  const base = to.href
    .replace(/[?#].*$/, '')
    .replace(/\/api\/v1\/ingest\/?$/, '')
    .replace(/\/+$/, '');
  return isUpgrade
    ? failure(
        `the server redirects http to https, and a redirect with the key in it is never followed`,
        `set the endpoint to ${base}`,
        { location: to.href },
      )
    : failure(
        `the server redirects to ${to.href}, and a redirect with the key in it is never followed`,
        to.hostname === url.hostname
          ? `set the endpoint to ${base}`
          : `is ${to.hostname} yours? Then set the endpoint to ${base}; else something in between (a login page?) sends you there`,
        { location: to.href },
      );
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
  const what = pageOf(given) ?? 'something that is not TraceHub’s';
  const who =
    route.kind === 'proxy'
      ? `the proxy of ${route.variable} or a login page behind it`
      : 'a login page of the network (captive portal), a proxy, or another web server';
  return failure(
    `${endpoint.host} answers with status ${given.status} and ${what}: ${who} stands in the way, or the endpoint is wrong`,
    'open the endpoint in a browser from this machine and see who answers; log in there, or correct the endpoint',
  );
}
