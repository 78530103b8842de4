import type { Entry } from '@tracehub/core-sender';
import { Dispatcher } from 'undici';
import type { Clock } from '../../packages/core-sender/src/clock.ts';

/** What the server does with a request. */
export type Mode =
  | { kind: 'well' }
  /** An answer to everything, the empty batch too. */
  | { kind: 'status'; status: 401 | 404 | 500 | 503 }
  /** 429, and when to come back, in seconds. */
  | { kind: 'wait'; seconds: number }
  /** Takes what has no poison in it; `listed`: takes the others of the batch as well. */
  | { kind: 'poison'; answer: 400 | 422 | 500 | 'listed' }
  /** 413 above so many bytes of JSON. */
  | { kind: 'small'; bytes: number }
  /** No answer; the batch may have been stored before. */
  | { kind: 'hang' | 'reset'; stores: boolean }
  /** Stores all of it, and says another number. */
  | { kind: 'miscount' };

/** One request, as the server sees it. */
export interface Post {
  entries: Entry[];
  rawBytes: number;
}

interface Reply {
  status: number;
  body?: object;
  retryAfter?: number;
}

/**
 * TraceHub at the other end of a wire that runs on the simulated clock, and all that it knows: what it stored, what
 * it said of each entry. In-process and scripted: the lanes beside this one (test/faults) have real sockets.
 */
export class SimulatedServer extends Dispatcher {
  mode: Mode = { kind: 'well' };
  /** Ms from the request to the answer. */
  latency = 0;
  requests = 0;
  rawBytes = 0;
  /** Ids, of everything that reached the database. */
  readonly stored: Set<string> = new Set();
  /** Of what the sender was told that it was taken. */
  readonly told: Set<string> = new Set();
  /** Of what the sender was told, of that entry alone, that it is not. */
  readonly refused: Set<string> = new Set();
  /** Monotonic ms before which the sender was told not to come back. */
  notBefore: number = Number.NEGATIVE_INFINITY;
  readonly #clock: Clock;
  readonly #onPost: (post: Post) => void;
  /** How many senders were closed. */
  #closed = 0;

  /** `onPost` sees every request before it is answered. */
  constructor(clock: Clock, onPost: (post: Post) => void) {
    super();
    this.#clock = clock;
    this.#onPost = onPost;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const json = options.body as Buffer;
    const entries = JSON.parse(json.toString()) as Entry[];
    this.requests++;
    this.rawBytes += json.length;
    this.#onPost({ entries, rawBytes: json.length });
    let isOver = false;
    const fail = (error: Error): void => {
      if (isOver) return;
      isOver = true;
      handler.onError?.(error);
    };
    handler.onConnect?.((reason) => fail(reason ?? new Error('aborted')));
    const { mode } = this;
    const closed = this.#closed;
    const ids = entries.map(({ id }) => id);
    const reply = this.#replyTo(entries, json.length);
    this.#clock.schedule(this.latency, () => {
      if (isOver || closed !== this.#closed || mode.kind === 'hang') return;
      if (mode.kind === 'reset') return fail(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
      isOver = true;
      this.#remember(ids, reply);
      const headers = reply.retryAfter === undefined ? [] : ['retry-after', String(reply.retryAfter)];
      handler.onHeaders?.(
        reply.status,
        headers.map((text) => Buffer.from(text)),
        () => {},
        '',
      );
      handler.onData?.(Buffer.from(JSON.stringify(reply.body ?? { detail: 'no' })));
      handler.onComplete?.([]);
    });
    return true;
  }

  /** The sender is closed: no answer reaches it any more, and the next one knows of none. */
  cut(): void {
    this.#closed++;
    this.notBefore = Number.NEGATIVE_INFINITY;
  }

  #replyTo(entries: readonly Entry[], rawBytes: number): Reply {
    const { mode } = this;
    const take = (some: readonly Entry[]): void => some.forEach(({ id }) => this.stored.add(id));
    const taken = { status: 202, body: { accepted: entries.length } };
    switch (mode.kind) {
      case 'status':
        return { status: mode.status };
      case 'wait':
        return { status: 429, retryAfter: mode.seconds };
      case 'hang':
      case 'reset':
        if (mode.stores) take(entries);
        return { status: 0 };
      case 'small':
        if (rawBytes > mode.bytes) return { status: 413 };
        break;
      case 'miscount':
        if (entries.length === 0) break;
        take(entries);
        return { status: 202, body: { accepted: entries.length + 1 } };
      case 'poison': {
        const rejected = entries.flatMap((entry, index) =>
          isPoison(entry) ? [{ index, field: 'message', reason: 'poison' }] : [],
        );
        if (rejected.length === 0) break;
        if (mode.answer !== 'listed') return { status: mode.answer, body: { detail: [], rejected } };
        take(entries.filter((entry) => !isPoison(entry)));
        return { status: 200, body: { accepted: entries.length - rejected.length, rejected } };
      }
      case 'well':
    }
    take(entries);
    return taken;
  }

  #remember(ids: readonly string[], { status, body, retryAfter }: Reply): void {
    const wait = retryAfter ?? ([401, 404].includes(status) ? 60 : undefined);
    if (wait !== undefined) this.notBefore = Math.max(this.notBefore, this.#clock.now() + wait * 1_000);
    const { accepted = 0, rejected = [] } = (body ?? {}) as {
      accepted?: number;
      rejected?: { index: number }[];
    };
    const isMiscount = accepted > ids.length;
    const refused = new Set(status === 200 ? rejected.map(({ index }) => index) : []);
    ids.forEach((id, index) => {
      const isRefused = isMiscount || refused.has(index);
      if (status <= 202 && !isRefused) this.told.add(id);
      else if (isRefused || (ids.length === 1 && [400, 413, 422, 500].includes(status))) this.refused.add(id);
    });
  }
}

function isPoison({ message }: Entry): boolean {
  return message.startsWith('poison');
}
