import type { Finding } from '../check.ts';
import { failure } from '../check.ts';

const NEVER_FOLLOWED = 'and a redirect with the key in it is never followed';
const INGEST_PATH = /\/api\/v1\/ingest\/?$/;

/** What a redirect of `url` to `location` means. */
export function redirected(url: URL, location: string | undefined): Finding {
  const to = location !== undefined && URL.canParse(location, url.href) ? new URL(location, url) : undefined;
  if (!to)
    return failure(
      'the server redirects, and does not say where',
      'give the address it means as the endpoint',
    );
  const details = { location: to.href };
  const base = baseOf(to);
  if (url.protocol === 'http:' && to.protocol === 'https:' && to.hostname === url.hostname) {
    return failure(
      `the server redirects http to https, ${NEVER_FOLLOWED}`,
      `set the endpoint to ${base}`,
      details,
    );
  }
  const finding = `the server redirects to ${to.href}, ${NEVER_FOLLOWED}`;
  if (to.hostname !== url.hostname) {
    return failure(
      finding,
      `is ${to.hostname} yours? Then set the endpoint to ${base}; else something in between (a login page?) sends you there`,
      details,
    );
  }
  if (base !== baseOf(url) && INGEST_PATH.test(to.pathname))
    return failure(finding, `set the endpoint to ${base}`, details);
  return failure(
    finding,
    `no other endpoint helps: have what redirects (a login, a check for cookies, a rule for slashes) let POST ${url.pathname} ` +
      'through as it is',
    details,
  );
}

/** The endpoint that would lead to this address. */
function baseOf({ origin, pathname }: URL): string {
  return `${origin}${pathname}`.replace(INGEST_PATH, '').replace(/\/+$/, '');
}
