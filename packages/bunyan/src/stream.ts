import { Writable } from 'node:stream';
import {
  type AdapterProfile,
  type Receipt,
  type Sender,
  type SenderOptions,
  type Stats,
  callerStack,
  createSender,
} from '@tracehub/core-sender';
import { LOWEST_LEVEL, levelToNumber } from './level.ts';
import { USED, toRecord } from './to-record.ts';
import { SDK_VERSION } from './version.ts';

/** Frames of bunyan between the log call and the stream. */
const BUNYAN_FRAME = /[\\/]node_modules[\\/]bunyan[\\/]/;

const PROFILE: AdapterProfile = {
  sdkVersion: SDK_VERSION,
  moduleKeys: ['module', 'component', 'name'],
  hostKey: 'hostname',
  pidKey: 'pid',
  plainKeys: { message: 'msg', time: 'time', used: USED },
  // eslint-disable-next-line typescript/unbound-method -- a place in the stack, not to be called
  callerStack: () => callerStack(TraceHubStream.prototype.write, BUNYAN_FRAME),
};

/**
 * The stream behind {@link traceHubStream}, for those who write the stream entry themselves. Takes bunyan's raw
 * records, or lines of JSON where `type: 'raw'` was forgotten, and never emits `error` for a fault of delivery.
 */
export class TraceHubStream extends Writable {
  readonly #sender: Sender;
  readonly #level: number;

  /** @throws TraceHubConfigError for an option that cannot be used. */
  constructor(options: SenderOptions) {
    super({ objectMode: true });
    const { level = LOWEST_LEVEL, ...rest } = options ?? {};
    this.#level = levelToNumber(level);
    this.#sender = createSender(rest, PROFILE);
  }

  /**
   * Takes one record. All of it is read before this returns, and it is never changed: bunyan gives the same object
   * to every raw stream. After the end it is refused and counted as dropped (`closed`).
   *
   * @returns true: there is nothing to wait for.
   */
  // Not left to Writable: its write throws on null, raises `error` after the end, and defers work to a later tick.
  override write(record: unknown, encoding?: unknown, callback?: unknown): boolean {
    this.#send(record);
    const done = typeof encoding === 'function' ? encoding : callback;
    if (typeof done === 'function') process.nextTick(done as () => void);
    return true;
  }

  /** The counts as of now. */
  stats(): Stats {
    return this.#sender.stats();
  }

  /** Sends what waits; resolves when everything written before the call has come to an end. */
  flush(): Promise<Receipt> {
    return this.#sender.flush();
  }

  /**
   * Delivers what waits within `closeTimeout`, moves the rest to the dead-letter queue and lets go of everything.
   * `end()` does the same and emits `finish` when it is done.
   */
  close(): Promise<Receipt> {
    return this.#sender.close();
  }

  /** Only `end(record)` comes here. */
  override _write(record: unknown, _encoding: unknown, callback: () => void): void {
    this.#send(record);
    callback();
  }

  override _final(callback: () => void): void {
    void this.close().finally(callback);
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    void this.close().finally(() => callback(error));
  }

  #send(written: unknown): void {
    try {
      if (this.#isTooLow(written)) return;
      this.#sender.send(toRecord(written));
    } catch (error) {
      // Only a record that throws when it is looked at comes here; the sender itself reads it more carefully.
      const reason = error instanceof Error ? error.message : 'unknown';
      this.#sender.send({
        level: 'ERROR',
        message: `[record could not be read: ${reason}]`,
        fields: written as object,
      });
    }
  }

  #isTooLow(written: unknown): boolean {
    if (this.#level === LOWEST_LEVEL) return false;
    const level = (written as { level?: unknown } | null)?.level;
    return typeof level === 'number' && level < this.#level;
  }
}
