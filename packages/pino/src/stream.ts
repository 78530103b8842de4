import { EventEmitter } from 'node:events';
import { LineCutter, type Receipt, type Sender, type Stats, createSender } from '@tracehub/core-sender';
import { callAfter } from './call-after.ts';
import { LineReader } from './line-reader.ts';
import { type TraceHubStreamOptions, refuseWorker } from './options.ts';
import { PINO_DEFAULTS, messageToConfig } from './pino-config.ts';
import { pinoProfile } from './profile.ts';

/**
 * A destination in the app's own thread: `pino(options, traceHubStream(options))`. For bundlers, tests and places
 * without worker threads; otherwise the target is lighter on the app.
 *
 * @throws TraceHubConfigError for an option that cannot be used.
 */
export function traceHubStream(options: TraceHubStreamOptions = {}): TraceHubStream {
  return new TraceHubStream(options);
}

/** What {@link traceHubStream} makes. No method throws or rejects for a fault of delivery. */
class TraceHubStream extends EventEmitter {
  /** By this pino tells a destination from its options. */
  readonly writable = true;
  readonly #reader: LineReader;
  readonly #sender: Sender;
  #cutter: LineCutter | undefined;

  constructor({ messageKey, errorKey, customLevels, ...options }: TraceHubStreamOptions) {
    super();
    refuseWorker(options);
    const explicit = {
      ...(messageKey === undefined ? {} : { messageKey }),
      ...(errorKey === undefined ? {} : { errorKey }),
    };
    this.#reader = new LineReader(options.level);
    this.#reader.configure({
      ...PINO_DEFAULTS,
      ...explicit,
      levels: { ...PINO_DEFAULTS.levels, ...customLevels },
    });
    this.#reader.checkLevel();
    this.#sender = createSender(options, pinoProfile(this.#reader));
    // pino tells its configuration to any destination that can emit.
    this.on('message', (message: unknown) => {
      const config = messageToConfig(message);
      if (config)
        this.#reader.configure({ ...config, ...explicit, levels: { ...config.levels, ...customLevels } });
    });
  }

  /** Takes in one or more whole lines. */
  write(lines: string): boolean {
    // What is logged while these lines are taken in comes here before they are done.
    const cutter = this.#cutter ?? new LineCutter((bytes, start, end) => this.#take(bytes, start, end));
    this.#cutter = undefined;
    cutter.push(String(lines));
    cutter.end();
    this.#cutter = cutter;
    return true;
  }

  /** The counts as of now. */
  stats(): Stats {
    return this.#sender.stats();
  }

  /** Sends what waits; calls back or resolves when everything written before has come to an end. */
  flush(callback: (error?: Error) => void): void;
  flush(): Promise<Receipt>;
  flush(callback?: (error?: Error) => void): Promise<Receipt> | void {
    const receipt = this.#sender.flush();
    if (!callback) return receipt;
    void callAfter(receipt, callback);
  }

  /** Drains within `closeTimeout`, moves the rest to the dead-letter queue; what is written later is counted as dropped. */
  close(): Promise<Receipt> {
    return this.#sender.close();
  }

  /** As `close`, for who treats this as a stream. */
  end(): void {
    void this.close();
  }

  #take(bytes: Buffer, start: number, end: number): void {
    if (this.#sender.sendLine(bytes, start, end)) return;
    const record = this.#reader.read(bytes.toString('utf8', start, end));
    if (record) this.#sender.send(record);
  }
}

export type { TraceHubStream };
