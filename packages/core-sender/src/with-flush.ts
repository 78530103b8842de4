import { systemClock } from './clock.ts';
import { TraceHubConfigError, errorText } from './errors.ts';
import { holdLoop } from './hold-loop.ts';
import { times } from './options/checks.ts';
import { Warnings } from './report/warnings.ts';

/** Whatever holds logs back: a transport or stream of this family, or a pino logger, whose `flush` calls back. */
export interface Flushable {
  flush(callback?: (error?: Error) => void): Promise<unknown> | void;
}

/** How {@link withFlush} waits. */
export interface WithFlushOptions {
  /**
   * Longest wait in ms after the handler is done; less where the platform's `context` says that less time is left.
   * Default 2,000, minimum 10. What has not arrived by then stays in memory for the next invocation.
   */
  timeout?: number;
}

/** A handler that gave no promise gives one, unless it answers through its callback. */
type Flushed<Result> = Result extends PromiseLike<unknown> | void ? Result : Promise<Result>;

type Callback = (...results: unknown[]) => unknown;

/** Kept for the answer itself to leave before the platform ends the invocation. */
const RESERVE_MS = 100;

/**
 * Wraps a handler of a platform that stops the process between invocations (AWS Lambda and its like): what was logged
 * has been sent before the answer is given. Results, errors, callbacks and streaming go through as they are; a failed
 * flush never changes the answer, it warns (`TRACEHUB_FLUSH`).
 *
 * A handler that declares a third parameter, is given a function there and returns no promise answers by callback:
 * the callback is called after the flush. Every other handler answers by a promise.
 *
 * @throws TraceHubConfigError, when wrapping, for what is no handler, cannot be flushed, or is no time.
 */
export function withFlush<Given extends unknown[], Result>(
  handler: (...parameters: Given) => Result,
  flushables: Flushable | readonly Flushable[],
  { timeout = 2_000 }: WithFlushOptions = {},
): (...parameters: Given) => Flushed<Result> {
  const all = [flushables].flat() as readonly Flushable[];
  check(handler, all, timeout);
  const warnings = new Warnings(systemClock);

  async function flush(parameters: readonly unknown[]): Promise<void> {
    const ms = Math.max(0, Math.min(timeout, timeLeft(parameters) - RESERVE_MS));
    const isDone = await holdLoop(systemClock, ms, Promise.all(all.map(flushOne)));
    if (!isDone) warnings.warn('TRACEHUB_FLUSH', `not all logs were sent within ${Math.round(ms)} ms`);
    // A warning is written in the next tick, and after the answer there may be none.
    await new Promise<void>((resolve) => process.nextTick(resolve));
  }

  async function flushOne(flushable: Flushable): Promise<void> {
    try {
      await flushed(flushable);
    } catch (error) {
      warnings.warn('TRACEHUB_FLUSH', `logs could not be flushed: ${errorText(error)}`);
    }
  }

  function flushing(this: unknown, ...parameters: Given): unknown {
    const given: unknown[] = [...parameters];
    const callback = given[2];
    const isCallback = typeof callback === 'function' && handler.length > 2;
    if (isCallback) {
      given[2] = (...results: unknown[]): void => {
        // Out of the promise: what the platform's callback throws is not ours to swallow.
        void flush(parameters).then(() => process.nextTick(callback as Callback, ...results));
      };
    }
    let result: unknown;
    try {
      result = Reflect.apply(handler, this, given);
    } catch (error) {
      return flush(parameters).then(() => Promise.reject(error as Error));
    }
    if (isCallback && !isThenable(result)) return result;
    return settleAfter(result, () => flush(parameters));
  }
  // Lambda marks a streaming handler by a property.
  return Object.assign(flushing, handler) as (...parameters: Given) => Flushed<Result>;
}

async function settleAfter(result: unknown, flush: () => Promise<void>): Promise<unknown> {
  try {
    return await result;
  } finally {
    await flush();
  }
}

/** Both kinds of `flush`: one that gives a promise, and one that calls back. */
function flushed(flushable: Flushable): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const promise = flushable.flush((error) => (error ? reject(error) : resolve(undefined)));
    if (isThenable(promise)) promise.then(resolve, reject);
  });
}

/** Of Lambda's `context`, wherever among the parameters it is; what only looks like one says nothing. */
function timeLeft(parameters: readonly unknown[]): number {
  for (const parameter of parameters) {
    try {
      const context = parameter as { getRemainingTimeInMillis?: unknown } | null | undefined;
      if (typeof context?.getRemainingTimeInMillis !== 'function') continue;
      const left: unknown = context.getRemainingTimeInMillis();
      if (Number.isFinite(left)) return left as number;
    } catch {
      // An event is the caller's, and may do what it likes.
    }
  }
  return Number.POSITIVE_INFINITY;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}

function check(handler: unknown, flushables: readonly unknown[], timeout: unknown): void {
  if (typeof handler !== 'function') {
    throw new TraceHubConfigError('handler', `handler must be a function, got ${typeof handler}`);
  }
  const wrong = flushables.findIndex((one) => typeof (one as Flushable | null)?.flush !== 'function');
  if (wrong !== -1 || flushables.length === 0) {
    throw new TraceHubConfigError(
      'flushables',
      'what to flush must be a transport, stream or logger with a method flush, or a list of these',
    );
  }
  const checked = times(10)(timeout);
  if ('value' in checked) return;
  throw new TraceHubConfigError(
    'timeout',
    `option timeout must be ${checked.allowed}, got ${String(timeout)}`,
  );
}
