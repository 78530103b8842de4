import { timestampYears, toUtcMicroseconds } from '../timestamp.ts';
import { findExtraFault } from './check-extra.ts';
import { findShapeFault, type ShapedEntry } from './entry-schema.ts';
import { findTextFault, fitsColumn } from './text.ts';

/** An entry that the database will take. */
export interface ValidEntry extends Omit<ShapedEntry, 'pid'> {
  /** UTC with six digits. */
  timestamp: string;
  pid?: number;
}

/** Why an entry was refused, in the words of `RejectedEntry`. */
export interface EntryFault {
  field: string;
  reason: string;
}

type TextField =
  | 'message'
  | 'id'
  | 'service'
  | 'environment'
  | 'host'
  | 'thread_id'
  | 'sdk_version'
  | 'trace_id'
  | 'module'
  | 'stack_trace'
  | 'error_type'
  | 'error_message';

/** Code points each column holds; `Infinity` where only the body's size limits. */
export const columnLimits: Readonly<Record<TextField, number>> = {
  message: Infinity,
  id: 128,
  service: 150,
  environment: 50,
  host: 255,
  thread_id: 100,
  sdk_version: 30,
  trace_id: 64,
  module: 100,
  stack_trace: Infinity,
  error_type: 255,
  error_message: Infinity,
};
const limitedColumns = Object.entries(columnLimits) as [TextField, number][];

/** `message` and `error_message` together, in UTF-8: what is searched stays of a size that can be searched. */
export const maxSearchedBytes: number = 1024 * 1024;

/** What the column `pid` holds. */
export const int32: { min: number; max: number } = { min: -2_147_483_648, max: 2_147_483_647 };

/** Checks one member of the posted array and completes it in place. A fault costs this entry only. */
export function validateEntry(value: unknown): { entry: ValidEntry } | { fault: EntryFault } {
  const shapeFault = findShapeFault(value);
  if (shapeFault !== undefined) return { fault: shapeFault };
  const shaped = value as ShapedEntry;

  for (const [field, limit] of limitedColumns) {
    const text = shaped[field];
    if (typeof text !== 'string') continue;
    const reason = findTextFault(text);
    if (reason !== undefined) return refuse(field, reason);
    if (!fitsColumn(text, limit)) return refuse(field, `is longer than ${limit} characters`);
  }
  if (shaped.id === '') return refuse('id', 'must not be empty');
  if (searchedBytes(shaped) > maxSearchedBytes) {
    return refuse('message', `message and error_message together are larger than ${maxSearchedBytes} bytes`);
  }

  const timestamp = toUtcMicroseconds(shaped.timestamp);
  if (timestamp === undefined) {
    const { first, last } = timestampYears;
    return refuse('timestamp', `must be an ISO 8601 date and time of the years ${first} to ${last}`);
  }
  const pid = shaped.pid === undefined ? 0 : Number(shaped.pid);
  if (pid < int32.min || pid > int32.max) {
    return refuse('pid', `must be from ${int32.min} to ${int32.max}`);
  }
  if (shaped.extra !== undefined) {
    const reason = findExtraFault(shaped.extra);
    if (reason !== undefined) return refuse('extra', reason);
  }
  return { entry: Object.assign(shaped, { timestamp, pid }) };
}

/** Counted only where it can matter: a UTF-16 unit is three bytes at most. */
function searchedBytes({ message, error_message }: ShapedEntry): number {
  const units = message.length + (error_message?.length ?? 0);
  if (units * 3 <= maxSearchedBytes) return units;
  return Buffer.byteLength(message) + Buffer.byteLength(error_message ?? '');
}

function refuse(field: string, reason: string): { fault: EntryFault } {
  return { fault: { field, reason } };
}
