import type { Answer } from './outcome.ts';

/** No answer of the server is this long; more is somebody else's, and is not read. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * One request and its answer, as undici tells of them while they go on (its `DispatchHandler`, in the form that all its
 * versions know). `request` of undici would make a stream of each answer and listen to a signal, which is a fifth of what
 * a request costs the app's thread.
 */
export class HttpExchange {
  /** Rejects where there is no status; an answer that breaks off after it has no body. */
  readonly answer: Promise<Answer>;
  #resolve!: (answer: Answer) => void;
  #reject!: (error: Error) => void;
  #abort: ((reason: Error) => void) | undefined;
  #reason: Error | undefined;
  #status: number | undefined;
  #retryAfter: string | undefined;
  readonly #chunks: Buffer[] = [];
  #size = 0;

  constructor() {
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Gives up, for this reason; a request that has no connection yet when it gets one. */
  abandon(reason: Error): void {
    this.#reason = reason;
    this.#abort?.(reason);
  }

  /** Called before anything is sent. */
  onConnect(abort: (reason: Error) => void): void {
    if (this.#reason) abort(this.#reason);
    else this.#abort = abort;
  }

  onHeaders(status: number, headers: readonly Buffer[]): boolean {
    // 1xx: the answer is still to come.
    if (status < 200) return true;
    this.#status = status;
    this.#retryAfter = valueOf('retry-after', headers);
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.#size += chunk.length;
    if (this.#size <= MAX_ANSWER_BYTES) this.#chunks.push(chunk);
    // Not while undici reads.
    else queueMicrotask(() => this.#abort?.(new Error('the answer is too long')));
    return true;
  }

  onComplete(): void {
    const isWhole = this.#size <= MAX_ANSWER_BYTES;
    this.#answered(isWhole ? Buffer.concat(this.#chunks).toString('utf8') : undefined);
  }

  onError(error: Error): void {
    if (this.#status === undefined) this.#reject(error);
    else this.#answered(undefined);
  }

  #answered(body: string | undefined): void {
    this.#resolve({ status: this.#status!, retryAfter: this.#retryAfter, body });
  }
}

/** The first header of that name; names and values take turns. */
function valueOf(name: string, headers: readonly Buffer[]): string | undefined {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (headers[index]!.toString('latin1').toLowerCase() === name)
      return headers[index + 1]!.toString('latin1');
  }
  return undefined;
}
