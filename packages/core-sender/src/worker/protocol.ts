import type { Receipt } from '../report/ledger.ts';
import type { Stats } from '../report/stats.ts';

/*
 * What two threads say to each other about a sender that works in the one for the other. Lines go to the worker over
 * thread-stream; back come events, which thread-stream makes its stream on the app's thread emit.
 */

/** Events of the worker. */
export const STATS_EVENT = 'tracehub:stats';
export const WARNING_EVENT = 'tracehub:warning';
export const RECEIPT_EVENT = 'tracehub:receipt';

/** A warning as it crosses the threads: of an Error only message and stack would arrive. */
export interface WarningData {
  name: string;
  code: string | undefined;
  message: string;
}

/** What the app's thread adds to the data of its worker, under {@link LINK}. */
export interface WorkerLink {
  /** The thread that logs. */
  threadId: string;
  /** Starts the lines that are requests to the worker. Random, so that no line of the app can be one. */
  token: string;
}

export const LINK = '$tracehub';

/**
 * A request to the worker, sent as a line among the app's lines: whatever was logged before it has then been read,
 * which no message beside the lines could promise.
 */
export interface WorkerRequest {
  id: number;
  ask: 'flush' | 'close';
}

/** How far the worker has come. */
export interface Progress {
  stats: Stats;
  /** Lines it has taken, requests left out; a line can be of a level that is not sent. */
  taken: number;
}

/** Arguments of {@link STATS_EVENT}: pino's users listen to it for the counts. */
export type StatsArgs = [stats: Stats, taken: number];

/** Arguments of {@link RECEIPT_EVENT}. */
export type ReceiptArgs = [id: number, receipt: Receipt, progress: Progress];

export function requestToLine(link: WorkerLink, request: WorkerRequest): string {
  return `${link.token}${JSON.stringify(request)}`;
}

/** The request in a line; undefined if it is a line of the app. */
export function lineToRequest(link: WorkerLink, line: string): WorkerRequest | undefined {
  return line.startsWith(link.token)
    ? (JSON.parse(line.slice(link.token.length)) as WorkerRequest)
    : undefined;
}
