import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { HttpProblem } from '../http-problem.ts';
import { isLoopbackHostHeader } from '../loopback.ts';

/**
 * Lets a request read or throws the answer that refuses it. Without a token the collector listens on loopback
 * only, and then a browser is the one stranger who could ask: it gives itself away by the host name it was
 * told to call.
 */
export function checkReadAccess(headers: IncomingHttpHeaders, readToken: string | undefined): void {
  if (readToken === undefined) {
    if (isLoopbackHostHeader(headers.host)) return;
    throw new HttpProblem(
      403,
      'without a read token, logs are readable under localhost, 127.0.0.1 or [::1] only',
    );
  }
  const given = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  if (given !== undefined && isEqual(given, readToken)) return;
  throw new HttpProblem(401, 'reading needs the header Authorization: Bearer with the read token', {
    'www-authenticate': 'Bearer',
  });
}

/** Compares in a time that depends on neither text. */
function isEqual(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
