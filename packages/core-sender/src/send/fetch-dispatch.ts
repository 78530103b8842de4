import type { HttpExchange } from './http-exchange.ts';

/**
 * What `dispatch` of undici does, by the `fetch` of the platform: Bun puts an undici of its own in the place of the real
 * one, and that has no `dispatch` (Bun 1.4).
 */
export async function fetchDispatch(request: FetchRequest, exchange: HttpExchange): Promise<void> {
  const { origin, path, method, headers, body } = request;
  const aborting = new AbortController();
  exchange.onConnect((reason) => aborting.abort(reason));
  try {
    const { signal } = aborting;
    const url = new URL(path, origin);
    // Where to it is redirected decides nobody but who configured it: as with undici.
    const response = await fetch(url, { method, headers, body, signal, redirect: 'manual' });
    const retryAfter = response.headers.get('retry-after');
    exchange.onHeaders(response.status, retryAfter === null ? [] : ['retry-after', retryAfter].map(toBytes));
    for await (const chunk of response.body ?? []) exchange.onData(Buffer.from(chunk));
    exchange.onComplete();
  } catch (error) {
    const { cause } = error as Error;
    exchange.onError(cause instanceof Error ? cause : (error as Error));
  }
}

/** As much of undici's request as a sender uses. */
export interface FetchRequest {
  origin: string;
  path: string;
  method: 'POST';
  headers: Record<string, string>;
  body: Buffer;
}

function toBytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
