import type { Checked } from './checks.ts';

/** The server's path for entries. The exact path matters: a doubled or trailing slash is a 404 or 307 there (contract.md 1). */
const INGEST_PATH = '/api/v1/ingest';

/** Accepts an absolute http or https URL without credentials, query or fragment, and trims trailing slashes. */
export function checkEndpoint(value: unknown): Checked<string> {
  const allowed =
    'an absolute http or https URL without user, query or fragment, such as https://logs.example.com';
  if (typeof value !== 'string' || !URL.canParse(value.trim())) return { allowed };
  const url = new URL(value.trim());
  const plain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!/^https?:$/.test(url.protocol) || !plain) return { allowed };
  const base = url.href.replace(/\/+$/, '');
  // People paste the whole ingest address; posting to it twice over would be a 404.
  return { value: base.endsWith(INGEST_PATH) ? base.slice(0, -INGEST_PATH.length) : base };
}

/** The address entries are posted to. */
export function ingestUrl(endpoint: string): string {
  return endpoint + INGEST_PATH;
}
