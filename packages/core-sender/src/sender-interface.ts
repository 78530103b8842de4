import type { LogRecord } from './entry/record.ts';
import type { ResolvedOptions } from './options/options.ts';
import type { Receipt } from './report/ledger.ts';
import type { Stats } from './report/stats.ts';

/** What every adapter is built on. No method throws or rejects for a fault of delivery. */
export interface Sender {
  /** The options as they are in force. */
  readonly options: ResolvedOptions;
  /** Takes one record in. Everything of it is read before the call returns. */
  send(record: LogRecord): void;
  /**
   * Takes one line of the logger's JSON in: the bytes from `start` to `end`, behind which there has to be its line end.
   * false: the line is to be parsed and its record sent, as it can be about something that no look at its bytes tells.
   */
  sendLine(bytes: Buffer, start: number, end: number): boolean;
  /** The counts as of now. */
  stats(): Stats;
  /**
   * Sends what waits; resolves when everything accepted before the call has come to an end. With `dlqPath: false` that can
   * take as long as an outage does.
   */
  flush(): Promise<Receipt>;
  /** Drains within `closeTimeout`, moves the rest to the dead-letter queue and lets go of everything. */
  close(): Promise<Receipt>;
}
