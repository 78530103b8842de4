import type { Dispatcher } from 'undici';
import type * as Undici from 'undici';
import type { Clock, Timer } from '../clock.ts';
import { TraceHubTransportError, errorText } from '../errors.ts';
import { loadLibrary } from '../load-library.ts';
import { ingestUrl } from '../options/endpoint.ts';
import type { ResolvedOptions } from '../options/options.ts';
import type { Body } from './encode-body.ts';
import type { Answer } from './outcome.ts';

// Captured at load so that an app's fake timers cannot freeze the sender.
const { setImmediate } = globalThis;

/** The server closes an idle socket after 5.00 s; a socket we drop earlier is never raced for (contract.md 1). */
const KEEP_ALIVE_MS = 3_500;

/** No answer of the server is this long; more is somebody else's, and is not read. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Posts bodies to the ingest address. One deadline covers the whole attempt, because undici's own timeouts never
 * fire on endless 1xx answers or on a body that drips (reliability.md 3). undici is loaded with the first request.
 */
export class HttpTransport {
  readonly #url: string;
  readonly #options: ResolvedOptions;
  readonly #userAgent: string;
  readonly #clock: Clock;
  #client: Promise<Client> | undefined;
  #current: Client | undefined;

  constructor(options: ResolvedOptions, userAgent: string, clock: Clock) {
    this.#clock = clock;
    this.#options = options;
    this.#url = ingestUrl(options.endpoint);
    this.#userAgent = userAgent;
  }

  /**
   * One attempt.
   *
   * @throws TraceHubTransportError with the failure as `cause` when there is no answer to read a status from.
   */
  async post(body: Body): Promise<Answer> {
    const { timeout } = this.#options;
    const deadline = new AbortController();
    let timer: Timer | undefined;
    let isOver = false;
    try {
      // Loading the HTTP client is no part of the attempt.
      const client = await this.#connected();
      const timeUp = new Promise<never>((_resolve, reject) => {
        const expire = (): void => {
          if (isOver) return;
          deadline.abort(new TimeoutError(`no answer within ${timeout} ms`));
          reject(deadline.signal.reason as Error);
        };
        // After a blocked loop timers come before what has arrived meanwhile: an answer that is there is read first.
        timer = this.#clock.schedule(timeout, () => setImmediate(expire));
      });
      const answer = this.#request(client, body, deadline.signal);
      // undici hears of an abort only once the request has a socket, which behind a hung proxy it never gets.
      return await Promise.race([
        answer,
        timeUp.catch((error: unknown) => this.#leaveHanging(client, answer, error)),
      ]);
    } catch (error) {
      // The abort's reason says more than undici's wrapping of it.
      const cause: unknown = deadline.signal.aborted ? deadline.signal.reason : error;
      throw new TraceHubTransportError(`request failed: ${errorText(cause)}`, { cause });
    } finally {
      isOver = true;
      timer?.cancel();
    }
  }

  /** Closes all sockets at once; a dispatcher the app gave is left to the app. */
  async close(): Promise<void> {
    if (!this.#client || this.#options.dispatcher) return;
    const client = await this.#client.catch(() => undefined);
    await client?.dispatcher.destroy();
  }

  async #request({ undici, dispatcher }: Client, body: Body, signal: AbortSignal): Promise<Answer> {
    const response = await undici.request(this.#url, {
      method: 'POST',
      dispatcher,
      body: body.bytes,
      signal,
      headers: {
        'content-type': 'application/json',
        'x-api-key': this.#options.apiKey,
        'user-agent': this.#userAgent,
        ...(body.isGzipped ? { 'content-encoding': 'gzip' } : {}),
      },
    });
    const retryAfter = response.headers['retry-after'];
    return {
      status: response.statusCode,
      retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
      body: await readBody(response.body),
    };
  }

  /** The deadline has passed. A request that does not even end now holds a connection of the pool: take a new pool. */
  async #leaveHanging(client: Client, answer: Promise<Answer>, error: unknown): Promise<never> {
    const stillHangs = Symbol('hangs');
    const turn = new Promise<symbol>((resolve) => setImmediate(resolve, stillHangs));
    const ended = await Promise.race([answer.then(noop, noop), turn]);
    if (ended === stillHangs && !this.#options.dispatcher && this.#current === client) {
      this.#client = undefined;
      // The other requests of the old pool may be well: they get as long as any attempt.
      this.#clock.schedule(this.#options.timeout, () => void client.dispatcher.destroy().catch(noop));
    }
    throw error;
  }

  /** undici and the pool; a load that failed is tried again with the next request. */
  #connected(): Promise<Client> {
    this.#client ??= this.#connect().catch((error: unknown) => {
      this.#client = undefined;
      throw error;
    });
    return this.#client;
  }

  async #connect(): Promise<Client> {
    const undici = await loadLibrary('undici', () => import('undici'));
    this.#current = { undici, dispatcher: this.#dispatcher(undici) };
    return this.#current;
  }

  #dispatcher(undici: typeof Undici): Dispatcher {
    const { dispatcher, timeout, concurrency } = this.#options;
    if (dispatcher) return dispatcher;
    const connector = undici.buildConnector({ timeout });
    return new undici.EnvHttpProxyAgent({
      connections: concurrency + 1,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      headersTimeout: timeout,
      bodyTimeout: timeout,
      connect: (connectOptions, callback) => letProcessEnd(connector(connectOptions, callback)),
    });
  }
}

/** undici, loaded, and the pool of connections. */
interface Client {
  undici: typeof Undici;
  dispatcher: Dispatcher;
}

const noop = (): void => {};

class TimeoutError extends Error {
  readonly code = 'TRACEHUB_TIMEOUT';
}

/**
 * Logging must not keep an app alive: whoever needs the loop held (close, the end of the process) holds it himself.
 * undici refs a socket again for each request, so that is turned off.
 */
function letProcessEnd(made: unknown): void {
  const socket = made as { unref?: () => void; ref?: () => unknown } | undefined;
  if (typeof socket?.unref !== 'function') return;
  socket.unref();
  socket.ref = () => socket;
}

/** The body as text; undefined if it breaks off or is longer than any answer of the server. Always drained or destroyed. */
async function readBody(
  body: AsyncIterable<Buffer> & { destroy(): void; on(name: 'error', f: () => void): unknown },
): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > MAX_ANSWER_BYTES) break;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  if (size <= MAX_ANSWER_BYTES) return Buffer.concat(chunks).toString('utf8');
  body.on('error', () => {});
  body.destroy();
  return undefined;
}
