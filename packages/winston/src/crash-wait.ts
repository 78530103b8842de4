import type { Writable } from 'node:stream';

type Listener = (...args: unknown[]) => void;

/**
 * Lets winston's crash handler go on as soon as the crash is delivered. At an uncaught error winston sets
 * `_ending` on each transport, listens for its `finish`, logs, and ends the process on `finish` or after 3 s.
 * A transport that is not ended never emits `finish`, and emitting it would detach it from the logger, which with
 * `exitOnError: false` lives on. So the listeners that came after `_ending` was set, and only those, are called.
 */
export class CrashWait {
  readonly #transport: Writable;
  #before: ReadonlySet<unknown> | undefined;

  constructor(transport: Writable) {
    this.#transport = transport;
    Object.defineProperty(transport, '_ending', {
      configurable: true,
      get: () => this.#before !== undefined,
      set: () => {
        this.#before = new Set([...transport.rawListeners('finish'), ...transport.rawListeners('error')]);
      },
    });
  }

  /** The crash was accepted: gives the function to call when it is delivered. */
  accepted(): () => void {
    const before = this.#before;
    this.#before = undefined;
    if (!before) return () => {};
    const finish = this.#added('finish', before);
    const error = this.#added('error', before);
    return () => {
      // winston's `once` listener for errors would stay for ever: one more with each crash that is survived.
      for (const listener of error) this.#transport.removeListener('error', listener);
      for (const listener of finish) listener.call(this.#transport);
    };
  }

  #added(event: 'finish' | 'error', before: ReadonlySet<unknown>): Listener[] {
    return (this.#transport.rawListeners(event) as Listener[]).filter((listener) => !before.has(listener));
  }
}
