import {
  type AdapterProfile,
  type Receipt,
  type Sender,
  type Stats,
  createSender,
} from '@tracehub/core-sender';
import Transport from 'winston-transport';
import { CrashWait } from './crash-wait.ts';
import { USED, infoToRecord } from './info-to-record.ts';
import { isCrash } from './info.ts';
import type { Levels } from './levels.ts';
import { forgetLogCalls, noteLogCalls } from './log-call.ts';
import { type TraceHubTransportOptions, splitOptions } from './options.ts';
import { SDK_VERSION } from './version.ts';

const PROFILE: AdapterProfile = {
  sdkVersion: SDK_VERSION,
  moduleKeys: ['module', 'label'],
  plainKeys: { message: 'message', time: 'timestamp', used: USED },
};

/** What winston sets on a transport when a logger takes it. */
interface Piped {
  levels?: Levels | undefined;
  parent?: unknown;
}

/**
 * Sends what a winston logger logs to TraceHub. Never emits `error` and never hands an error to winston, which
 * would cut the transport off.
 */
export class TraceHubTransport extends Transport {
  readonly name: string = 'tracehub';
  readonly #sender: Sender;
  readonly #crash: CrashWait;
  readonly #loggers = new Set<unknown>();

  /** @throws TraceHubConfigError for an option that cannot be used. */
  constructor(options: TraceHubTransportOptions) {
    const { winston, sender } = splitOptions(options);
    super(winston);
    this.#sender = createSender(sender, PROFILE);
    this.#crash = new CrashWait(this);
    // Every logger that shares the transport adds listeners to it, by right.
    this.setMaxListeners(0);
    this.#followLoggers();
  }

  /** Called by winston for every record that passes `level` and `silent`. All of it is read before this returns. */
  override log(info: unknown, callback?: () => void): void {
    this.#send(info);
    if (this.listenerCount('logged') > 0) setImmediate(() => this.emit('logged', info));
    // At once: a callback that waits would hold up the logger, and with it what comes after (performance.md).
    callback?.();
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
   * Also done by `logger.end()`, `logger.close()`, and when the last logger removes the transport.
   */
  // eslint-disable-next-line typescript/no-misused-promises -- winston calls it and does not look at what it gives
  override close(): Promise<Receipt> {
    return this.#sender.close();
  }

  /** Holds back `finish` until everything accepted has come to an end. */
  override _final(callback: () => void): void {
    void this.close().finally(callback);
  }

  #send(info: unknown): void {
    try {
      this.#sender.send(infoToRecord(info, (this as Piped).levels));
      if (isCrash(info)) void this.flush().then(this.#crash.accepted());
    } catch (error) {
      // Only a record that throws when it is looked at comes here; the sender itself reads it more carefully.
      const reason = error instanceof Error ? error.message : 'unknown';
      this.#sender.send({
        level: 'ERROR',
        message: `[record could not be read: ${reason}]`,
        fields: info as object,
      });
    }
  }

  /** With a level that the logger does not have winston would send nothing, and not say so. */
  #checkLevel(): void {
    const { levels } = this as Piped;
    if (this.level === undefined || !levels || Object.hasOwn(levels, this.level)) return;
    process.emitWarning(
      `level "${this.level}" is none of the logger's (${Object.keys(levels).join(', ')}); everything is sent`,
      { type: 'TraceHubWarning', code: 'TRACEHUB_LEVEL' },
    );
    Reflect.deleteProperty(this, 'level');
  }

  /**
   * winston-transport closes a transport when the first logger it was given to lets go of it. Here it is closed
   * when no logger has it any more, and a tick later: `logger.configure()` removes and adds it again.
   */
  #followLoggers(): void {
    const piped = this as Piped;
    this.removeAllListeners('unpipe');
    this.on('pipe', (logger: unknown) => {
      this.#loggers.add(logger);
      noteLogCalls(logger, this);
      this.#checkLevel();
      piped.parent ??= logger;
    });
    this.on('unpipe', (logger: unknown) => {
      this.#loggers.delete(logger);
      forgetLogCalls(logger, this);
      if (piped.parent === logger) piped.parent = [...this.#loggers][0] ?? null;
      process.nextTick(() => {
        if (this.#loggers.size === 0) void this.close();
      });
    });
  }
}
