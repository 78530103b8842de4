import type { HttpExchange } from './http-exchange.ts';

/** As much of undici's request as a sender uses. */
export interface PostRequest {
  origin: string;
  path: string;
  method: 'POST';
  headers: Record<string, string>;
  body: Buffer;
}

/**
 * Does with the platform's `fetch` what a pool of undici does, for Bun: it puts an undici of its own in the place of the
 * real one, and that can neither `dispatch` nor `destroy` (Bun 1.4).
 */
export class FetchPool {
  readonly #open = new Set<AbortController>();

  /** Tells the exchange how the request goes on, as undici does. */
  dispatch(request: PostRequest, exchange: HttpExchange): void {
    void this.#fetch(request, exchange);
  }

  /** Breaks off what is under way. */
  async destroy(): Promise<void> {
    for (const aborting of this.#open) aborting.abort(new Error('the sender is closed'));
  }

  async #fetch({ origin, path, ...request }: PostRequest, exchange: HttpExchange): Promise<void> {
    const aborting = new AbortController();
    this.#open.add(aborting);
    exchange.onConnect((reason) => aborting.abort(reason));
    try {
      const { signal } = aborting;
      // undici follows no redirect either.
      const response = await fetch(origin + path, { ...request, signal, redirect: 'manual' });
      const retryAfter = response.headers.get('retry-after');
      exchange.onHeaders(
        response.status,
        retryAfter === null ? [] : ['retry-after', retryAfter].map(toBytes),
      );
      for await (const chunk of response.body ?? []) exchange.onData(Buffer.from(chunk));
      exchange.onComplete();
    } catch (error) {
      const { cause } = error as Error;
      exchange.onError(cause instanceof Error ? cause : (error as Error));
    } finally {
      this.#open.delete(aborting);
    }
  }
}

function toBytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
