import type { Receipt, Sender, Stats } from '@tracehub/core-sender';
import { LEVELS, type LoggerLevel } from './level.ts';
import { type LogDetails, toRecord } from './to-record.ts';

/**
 * What `TraceHubLogger` and its children have in common. No method throws or rejects for what is logged or for a
 * fault of delivery.
 */
export class Logger {
  readonly #sender: Sender;
  readonly #module: string | undefined;

  constructor(sender: Sender, module?: string) {
    this.#sender = sender;
    this.#module = module;
  }

  debug(message: unknown, details?: LogDetails | Error): void {
    this.#log('debug', message, details);
  }

  info(message: unknown, details?: LogDetails | Error): void {
    this.#log('info', message, details);
  }

  warn(message: unknown, details?: LogDetails | Error): void {
    this.#log('warn', message, details);
  }

  error(message: unknown, details?: LogDetails | Error): void {
    this.#log('error', message, details);
  }

  fatal(message: unknown, details?: LogDetails | Error): void {
    this.#log('fatal', message, details);
  }

  /** A logger for `module` on the same sender: its counts, `flush()` and `close()` are this one's too. */
  child({ module }: { module: string }): Logger {
    return new Logger(this.#sender, module);
  }

  /** The counts as of now. */
  stats(): Stats {
    return this.#sender.stats();
  }

  /** Sends what waits; resolves when everything logged before the call has come to an end. */
  flush(): Promise<Receipt> {
    return this.#sender.flush();
  }

  /**
   * Delivers what waits within `closeTimeout`, moves the rest to the dead-letter queue and lets go of everything.
   * What is logged later, by children too, is dropped and counted (`closed`).
   */
  close(): Promise<Receipt> {
    return this.#sender.close();
  }

  /** For `await using`: the same as {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #log(level: LoggerLevel, message: unknown, details: unknown): void {
    this.#sender.send(toRecord(LEVELS[level], message, details, this.#module, Logger.prototype[level]));
  }
}
