import type { Receipt, Stats } from '@tracehub/core-sender';

/** Events that the worker makes the transport stream on the app thread emit. */
export const STATS_EVENT = 'tracehub:stats';
export const WARNING_EVENT = 'tracehub:warning';
export const RECEIPT_EVENT = 'tracehub:receipt';

/** A warning as it crosses the threads: of an Error only message and stack would arrive. */
export interface WarningData {
  name: string;
  code: string | undefined;
  message: string;
}

/** What `traceHubTransport` adds to the options of its worker, under {@link LINK}. */
export interface HelperLink {
  /** The thread that logs. */
  threadId: string;
  /** Starts the lines that are requests to the worker. Random, so that no line of the app can be one. */
  token: string;
}

export const LINK = '$tracehub';

/**
 * A request to the worker, sent as a line among pino's lines: whatever was logged before it has then been read,
 * which no message beside the lines could promise.
 */
export interface WorkerRequest {
  id: number;
  ask: 'flush' | 'close';
}

/** Arguments of {@link RECEIPT_EVENT}. */
export type ReceiptArgs = [id: number, receipt: Receipt, stats: Stats];

export function requestToLine(link: HelperLink, request: WorkerRequest): string {
  return `${link.token}${JSON.stringify(request)}\n`;
}

/** The request in a line; undefined if it is a line of pino. */
export function lineToRequest(link: HelperLink, line: string): WorkerRequest | undefined {
  return line.startsWith(link.token)
    ? (JSON.parse(line.slice(link.token.length)) as WorkerRequest)
    : undefined;
}
