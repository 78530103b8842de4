import { randomBytes } from 'node:crypto';
import type { AdapterProfile, LogRecord } from '../entry/record.ts';
import { levelRank, minimumRank } from '../entry/level.ts';
import { callingFile } from '../calling-file.ts';
import { errorText } from '../errors.ts';
import { type ExitHooks, addExitHooks, removeExitHooks } from '../exit-hooks.ts';
import type { ResolvedOptions } from '../options/options.ts';
import type { Receipt } from '../report/ledger.ts';
import { type Stats, sumStats } from '../report/stats.ts';
import type { Warnings } from '../report/warnings.ts';
import type { Sender } from '../sender-interface.ts';
import { closeOnSignals } from '../signals.ts';
import { LineBuffer } from './line-buffer.ts';
import { LINE_FORMAT, type Line, LineReader, LineWriter } from './record-line.ts';
import type { SenderThreadData } from './sender-thread.ts';
import { type ThreadStream, ownThreadId, resolveFrom, startThread } from './thread.ts';
import { WorkerSide } from './worker-side.ts';

/** A sender on this thread, to fall back on. */
export type LocalSender = Sender & Pick<ExitHooks, 'spill'>;

/**
 * `worker: true`: the app's half of a sender that works in a thread of its own. A log call makes a line; all else is
 * the worker's. While there is no worker, because none can start or because it has died, a sender on this thread takes
 * its place. Lines are held until the worker is ready, so that a failing start loses none.
 */
export class WorkerSender implements Sender, ExitHooks {
  readonly options: ResolvedOptions;
  readonly #profile: AdapterProfile;
  readonly #warnings: Warnings;
  readonly #openLocal: () => LocalSender;
  readonly #writer: LineWriter;
  readonly #minimum: number;
  readonly #buffer: LineBuffer;
  readonly #stopSignals: () => void;
  #stream: ThreadStream | undefined;
  #worker: WorkerSide | undefined;
  #local: LocalSender | undefined;
  #isReady = false;
  #isExiting = false;
  #fault: unknown;
  #closed: Promise<Receipt> | undefined;

  /** @param openLocal Makes the sender on this thread, without `closeOnSignal`. */
  constructor(
    options: ResolvedOptions,
    profile: AdapterProfile,
    warnings: Warnings,
    openLocal: () => LocalSender,
  ) {
    this.options = options;
    this.#profile = profile;
    this.#warnings = warnings;
    this.#openLocal = openLocal;
    this.#writer = new LineWriter(profile, options.redact !== undefined);
    this.#minimum = minimumRank(options.level);
    this.#buffer = new LineBuffer((bytes) => this.#stream?.write(bytes));
    this.#stopSignals = options.closeOnSignal
      ? closeOnSignals(options.closeOnSignal, () => this.close())
      : () => {};
    try {
      this.#start();
    } catch (error) {
      this.#fault = error;
      this.#fallBack();
      this.#warnOfEnd();
    }
  }

  send(record: LogRecord): void {
    this.#replaceWorker();
    if (this.#local) return this.#local.send(record);
    if (levelRank(record.level) < this.#minimum) return;
    // Only after close() there is neither a stream to write to nor a sender on this thread.
    if (this.#closed) return void this.#worker?.late();
    this.#worker!.written++;
    this.#buffer.add(this.#toLine(record));
  }

  /** The worker is fed records written in its own form, not the logger's lines. */
  sendLine(): boolean {
    return false;
  }

  stats(): Stats {
    const senders = [this.#worker, this.#local].filter((sender) => sender !== undefined);
    return sumStats(senders.map((sender) => sender.stats()));
  }

  async flush(): Promise<Receipt> {
    this.#replaceWorker();
    const receipt = await this.#worker?.ask('flush');
    return this.#local ? this.#withLocal(await this.#local.flush()) : receipt!;
  }

  close(): Promise<Receipt> {
    this.#replaceWorker();
    return (this.#closed ??= this.#close());
  }

  /** The worker reads all there is and closes its sender at the end of the process, which waits for it. */
  drain(): void {}

  /** The process ends: waits for the worker, at most for ten seconds (thread-stream's limit). Logged after that: to disk. */
  spill(): void {
    this.#isExiting = true;
    const stream = this.#stream;
    if (!stream?.writable) return;
    const held = this.#isReady ? '' : this.#buffer.takeHeld();
    try {
      this.#buffer.open();
      if (held !== '') stream.write(held);
      stream.flushSync();
    } catch (error) {
      this.#fault ??= error;
      this.#fallBack(held);
      return;
    }
    stream.end();
  }

  #start(): void {
    const link = {
      threadId: this.#profile.threadId ?? ownThreadId(),
      token: randomBytes(16).toString('hex'),
    };
    const file = resolveFrom(callingFile(), '@tracehub/core-sender/sender-thread');
    const stream = startThread(file, link, this.#threadData(link.threadId));
    this.#stream = stream;
    this.#worker = new WorkerSide(stream, link, this.options.closeTimeout, (line) =>
      this.#buffer.add({ head: '', json: line }),
    );
    // Without a listener each of these would end the app.
    stream.on('error', (error) => (this.#fault ??= error));
    stream.worker.on('error', (error) => (this.#fault ??= error));
    stream.once('ready', () => {
      this.#isReady = true;
      this.#buffer.open();
    });
    stream.once('close', () => {
      // A worker that ended quickly is closed before its error is told.
      this.#fault ??= stream.writableErrored ?? undefined;
      this.#fallBack();
      this.#warnOfEnd();
    });
    addExitHooks(this);
  }

  #threadData(threadId: string): SenderThreadData {
    // What is left is plain data.
    const { callerStack: _, emitWarning: __, ...profile } = this.#profile;
    return {
      format: LINE_FORMAT,
      options: { ...this.options, worker: false, closeOnSignal: false },
      profile: { ...profile, threadId },
    };
  }

  #toLine(record: LogRecord): Line {
    try {
      return this.#writer.write(record);
    } catch (error) {
      this.#warnings.defect('making a line', error);
      const message = `a record could not be made a line: ${errorText(error)}`;
      return this.#writer.write({ level: record.level, message });
    }
  }

  /** Where the worker has ended and its end has not been told yet. */
  #replaceWorker(): void {
    if (!this.#local && !this.#stream?.writable) this.#fallBack();
  }

  /** From here on a sender on this thread does the work, beginning with what no worker has read. */
  #fallBack(held: string = this.#buffer.takeHeld()): void {
    if (this.#local || (this.#closed && held === '')) return;
    this.#local = this.#openLocal();
    removeExitHooks(this);
    const reader = new LineReader(this.#profile.plainKeys);
    for (const line of held.split('\n').filter((text) => text !== '' && !this.#worker?.isRequest(text))) {
      this.#worker!.written--;
      this.#local.send(reader.read(line));
    }
    if (this.#isExiting) this.#local.spill();
  }

  #warnOfEnd(): void {
    if (this.#closed || this.#isExiting) return;
    const reason = this.#fault === undefined ? 'it has exited' : errorText(this.#fault);
    if (!this.#isReady) {
      const message =
        `no worker thread (${reason}): the sender works on the app's thread; ` +
        'in a bundle leave the @tracehub packages outside';
      this.#warnings.warn('TRACEHUB_NO_WORKER', message);
      return;
    }
    const lost = this.#worker?.lost ?? 0;
    const message = `the worker thread has died (${reason}), at most ${lost} entries with it: the sender now works on the app's thread`;
    this.#warnings.warn('TRACEHUB_WORKER', message);
  }

  async #close(): Promise<Receipt> {
    const receipt = await this.#worker?.close();
    const total = this.#local ? this.#withLocal(await this.#local.close()) : receipt!;
    this.#stopSignals();
    removeExitHooks(this);
    return total;
  }

  #withLocal(receipt: Receipt): Receipt {
    const { delivered = 0, deadLettered = 0, dropped = 0 } = this.#worker?.receipt() ?? {};
    return {
      delivered: delivered + receipt.delivered,
      deadLettered: deadLettered + receipt.deadLettered,
      dropped: dropped + receipt.dropped,
    };
  }
}
