import type { Dispatcher } from 'undici';
import type * as Undici from 'undici';
import type { Clock, Timer } from '../clock.ts';
import { TraceHubTransportError, errorText } from '../errors.ts';
import { loadLibrary } from '../load-library.ts';
import { ingestUrl } from '../options/endpoint.ts';
import type { ResolvedOptions } from '../options/options.ts';
import type { Body } from './encode-body.ts';
import { FetchPool } from './fetch-pool.ts';
import { HttpExchange } from './http-exchange.ts';
import type { Answer } from './outcome.ts';

// Captured at load so that an app's fake timers cannot freeze the sender.
const { setImmediate } = globalThis;

/** The server closes an idle socket after 5.00 s; a socket we drop earlier is never raced for (contract.md 1). */
const KEEP_ALIVE_MS = 3_500;

/** Where requests go out. */
type Pool = Dispatcher | FetchPool;

/**
 * Posts bodies to the ingest address. One deadline covers the whole attempt, because undici's own timeouts never
 * fire on endless 1xx answers or on a body that drips (reliability.md 3). undici is loaded with the first request.
 */
export class HttpTransport {
  readonly #url: URL;
  readonly #options: ResolvedOptions;
  readonly #userAgent: string;
  readonly #clock: Clock;
  #pool: Promise<Pool> | undefined;
  #current: Pool | undefined;

  constructor(options: ResolvedOptions, userAgent: string, clock: Clock) {
    this.#clock = clock;
    this.#options = options;
    this.#url = new URL(ingestUrl(options.endpoint));
    this.#userAgent = userAgent;
  }

  /**
   * One attempt.
   *
   * @throws TraceHubTransportError with the failure as `cause` when there is no answer to read a status from.
   */
  async post(body: Body): Promise<Answer> {
    const { timeout } = this.#options;
    let timer: Timer | undefined;
    let isOver = false;
    try {
      // Loading the HTTP client is no part of the attempt.
      const pool = await this.#connected();
      const exchange = new HttpExchange();
      const timeUp = new Promise<never>((_resolve, reject) => {
        const expire = (): void => {
          if (isOver) return;
          const reason = new TimeoutError(`no answer within ${timeout} ms`);
          exchange.abandon(reason);
          reject(reason);
        };
        // After a blocked loop timers come before what has arrived meanwhile: an answer that is there is read first.
        timer = this.#clock.schedule(timeout, () => setImmediate(expire));
      });
      this.#dispatch(pool, body, exchange);
      // undici hears of an end only once the request has a socket, which behind a hung proxy it never gets.
      return await Promise.race([
        exchange.answer,
        timeUp.catch((error: unknown) => this.#leaveHanging(pool, exchange.answer, error)),
      ]);
    } catch (error) {
      throw new TraceHubTransportError(`request failed: ${errorText(error)}`, { cause: error });
    } finally {
      isOver = true;
      timer?.cancel();
    }
  }

  /** Closes all sockets at once; a dispatcher the app gave is left to the app. */
  async close(): Promise<void> {
    if (!this.#pool || this.#options.dispatcher) return;
    const pool = await this.#pool.catch(() => undefined);
    await pool?.destroy();
  }

  #dispatch(pool: Pool, body: Body, exchange: HttpExchange): void {
    const { origin, pathname } = this.#url;
    const headers = {
      'content-type': 'application/json',
      'x-api-key': this.#options.apiKey,
      'user-agent': this.#userAgent,
      ...(body.isGzipped ? { 'content-encoding': 'gzip' } : {}),
    };
    pool.dispatch({ origin, path: pathname, method: 'POST', headers, body: body.bytes }, exchange);
  }

  /** The deadline has passed. A request that does not even end now holds a connection of the pool: take a new pool. */
  async #leaveHanging(pool: Pool, answer: Promise<Answer>, error: unknown): Promise<never> {
    const stillHangs = Symbol('hangs');
    const turn = new Promise<symbol>((resolve) => setImmediate(resolve, stillHangs));
    const ended = await Promise.race([answer.then(noop, noop), turn]);
    if (ended === stillHangs && !this.#options.dispatcher && this.#current === pool) {
      this.#pool = undefined;
      // The other requests of the old pool may be well: they get as long as any attempt.
      this.#clock.schedule(this.#options.timeout, () => void pool.destroy().catch(noop));
    }
    throw error;
  }

  /** The pool of connections; an undici that could not be loaded is tried again with the next request. */
  #connected(): Promise<Pool> {
    this.#pool ??= this.#connect().catch((error: unknown) => {
      this.#pool = undefined;
      throw error;
    });
    return this.#pool;
  }

  async #connect(): Promise<Pool> {
    const { dispatcher } = this.#options;
    this.#current = dispatcher ?? this.#createPool(await loadLibrary('undici', () => import('undici')));
    return this.#current;
  }

  #createPool(undici: typeof Undici): Pool {
    const { timeout, concurrency } = this.#options;
    const connector = undici.buildConnector({ timeout });
    const agent = new undici.EnvHttpProxyAgent({
      connections: concurrency + 1,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      headersTimeout: timeout,
      bodyTimeout: timeout,
      connect: (connectOptions, callback) => letProcessEnd(connector(connectOptions, callback)),
    });
    return typeof (agent as Partial<Dispatcher>).dispatch === 'function' ? agent : new FetchPool();
  }
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
