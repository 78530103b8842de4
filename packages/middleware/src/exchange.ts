import { runWithTraceId } from '@tracehub/core-sender/trace';
import type { MiddlewareSettings } from './options.ts';
import { failedLine, finishedLine, isClientError } from './request-line.ts';

/** One request under way, from the middleware to the end of its response, whatever the framework. */
export class Exchange {
  readonly traceId: string;
  /** Asked when a line is written: most frameworks choose the route after the middleware has run. */
  routeOf: () => string | undefined;
  readonly #settings: MiddlewareSettings;
  readonly #method: string;
  readonly #path: string;
  readonly #start = performance.now();
  /** Errors that were reported; one that several parts report is written once. */
  readonly #failures = new Set<unknown>();
  /** Those of them that may be an answer to the client, such as a 404 thrown by the app. */
  readonly #answers: unknown[] = [];

  constructor(
    settings: MiddlewareSettings,
    traceId: string,
    method: string,
    path: string,
    routeOf: () => string | undefined,
  ) {
    this.#settings = settings;
    this.traceId = traceId;
    this.#method = method;
    this.#path = path;
    this.routeOf = routeOf;
  }

  /** Runs `fn` and everything it starts in the context of the request. */
  run<T>(fn: () => T): T {
    return runWithTraceId(this.traceId, fn);
  }

  /** The same, and takes note of what it throws or rejects with, which goes on unchanged. */
  watch<T>(fn: () => T): T {
    const failed = (error: unknown): never => {
      this.failed(error);
      throw error;
    };
    try {
      const result = this.run(fn);
      return result instanceof Promise ? (result.catch(failed) as T) : result;
    } catch (error) {
      return failed(error);
    }
  }

  /** Takes note of an error nobody handled. */
  failed(error: unknown): void {
    if (this.#failures.has(error)) return;
    this.#failures.add(error);
    // HTTP clients put the status of the answer they got on their errors: what our own client is told decides.
    if (isClientError(error)) this.#answers.push(error);
    else this.#writeFailed(error);
  }

  #writeFailed(error: unknown): void {
    this.run(() => this.#settings.write(failedLine(this.#method, this.#route, error)));
  }

  /** `status` is undefined if no answer was begun. */
  ended(status: number | undefined, aborted: boolean): void {
    if (status === undefined || status >= 500) for (const error of this.#answers) this.#writeFailed(error);
    const durationMs = Math.round(performance.now() - this.#start);
    const line = finishedLine(this.#method, this.#route, { status, durationMs, aborted });
    this.run(() => this.#settings.write(line));
  }

  get #route(): string {
    return this.routeOf() ?? this.#path;
  }
}
