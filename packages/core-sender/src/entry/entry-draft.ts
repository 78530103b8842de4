import type { Entry } from './entry.ts';
import { MAX_SEARCH_BYTES } from './limits.ts';
import { cutToBytes, quote } from './text.ts';
import { type JsonLimits, objectToJson } from './value-to-json.ts';

/** An entry before it becomes one string: what is small and fixed, and the four parts that can be of any size. */
export interface EntryDraft {
  /** The fields of bounded length, as JSON without the braces. */
  head: string;
  message: string;
  errorMessage?: string | undefined;
  stackTrace?: string | undefined;
  /** `extra` as JSON. */
  extra?: string | undefined;
}

/** What a record's own values are written with. */
export const EXTRA_LIMITS: JsonLimits = {
  string: 128 * 1024,
  items: 10_000,
  values: 50_000,
  text: 2 * 1024 * 1024,
};

/** Each step cuts `extra` harder; after the last one a mark stands for all of it. */
const CUT_LADDER: readonly JsonLimits[] = [
  { string: 16_384, items: 2_000, values: 10_000, text: 256 * 1024 },
  { string: 2_048, items: 500, values: 2_000, text: 64 * 1024 },
  { string: 256, items: 100, values: 300, text: 16 * 1024 },
];

/** Brings message + error_message under the server's search limit, the larger first (contract.md 4). */
export function boundSearchText(draft: EntryDraft): void {
  const other = draft.errorMessage ?? '';
  if ((draft.message.length + other.length) * 3 <= MAX_SEARCH_BYTES) return;
  const messageBytes = Buffer.byteLength(draft.message);
  const otherBytes = Buffer.byteLength(other);
  if (messageBytes + otherBytes <= MAX_SEARCH_BYTES) return;
  const half = MAX_SEARCH_BYTES / 2;
  draft.message = cutToBytes(draft.message, Math.max(half, MAX_SEARCH_BYTES - otherBytes));
  if (draft.errorMessage !== undefined) {
    draft.errorMessage = cutToBytes(draft.errorMessage, Math.max(half, MAX_SEARCH_BYTES - messageBytes));
  }
}

/** Writes the draft as JSON of at most `maxBytes`, cutting whichever part is largest until it fits. */
export function draftToJson(draft: EntryDraft, maxBytes: number): string {
  let json = write(draft);
  const rungs = [...CUT_LADDER];
  while (isLonger(json, maxBytes) && cutLargest(draft, rungs)) json = write(draft);
  return json;
}

/** A UTF-16 unit is at most three bytes of UTF-8: most entries need no counting. */
function isLonger(json: string, maxBytes: number): boolean {
  return json.length * 3 > maxBytes && Buffer.byteLength(json) > maxBytes;
}

function write(draft: EntryDraft): string {
  let json = `{${draft.head},"message":${quote(draft.message)}`;
  if (draft.errorMessage !== undefined) json += `,"error_message":${quote(draft.errorMessage)}`;
  if (draft.stackTrace !== undefined) json += `,"stack_trace":${quote(draft.stackTrace)}`;
  if (draft.extra !== undefined) json += `,"extra":${draft.extra}`;
  return `${json}}`;
}

/** Below this a part is not worth cutting; when none is above it, the draft cannot be made smaller. */
const SMALLEST = 256;

/** Cuts the part that takes most of the JSON; false when nothing is left to cut. */
function cutLargest(draft: EntryDraft, rungs: JsonLimits[]): boolean {
  const sizes = {
    message: jsonBytes(draft.message),
    errorMessage: jsonBytes(draft.errorMessage),
    stackTrace: jsonBytes(draft.stackTrace),
    extra: draft.extra === undefined ? 0 : Buffer.byteLength(draft.extra),
  };
  const largest = (Object.keys(sizes) as (keyof typeof sizes)[]).reduce((a, b) =>
    sizes[b] > sizes[a] ? b : a,
  );
  if (sizes[largest] <= SMALLEST) return false;
  if (largest === 'extra') draft.extra = cutExtra(draft.extra ?? '{}', sizes.extra, rungs.shift());
  else
    draft[largest] = cutToBytes(
      draft[largest] ?? '',
      Math.floor(Buffer.byteLength(draft[largest] ?? '') / 2),
    );
  return true;
}

function jsonBytes(text: string | undefined): number {
  return text === undefined ? 0 : Buffer.byteLength(quote(text));
}

function cutExtra(extra: string, bytes: number, limits: JsonLimits | undefined): string {
  if (limits) return objectToJson(JSON.parse(extra) as object, limits);
  return JSON.stringify({ tracehub_cut: `extra of ${bytes} bytes did not fit` });
}

/** Fields of bounded length, in the order in which they are written. */
const HEAD_FIELDS = [
  'id',
  'level',
  'timestamp',
  'service',
  'environment',
  'sdk_version',
  'host',
  'pid',
  'thread_id',
  'trace_id',
  'module',
  'error_type',
] as const;

/** A finished entry cut down to `maxBytes`; undefined when it cannot be made smaller than it is. */
export function shrinkJson(json: string, maxBytes: number): string | undefined {
  const entry = JSON.parse(json) as Entry;
  const head = HEAD_FIELDS.filter((name) => entry[name] !== undefined);
  const smaller = draftToJson(
    {
      head: head.map((name) => `"${name}":${JSON.stringify(entry[name])}`).join(','),
      message: entry.message,
      errorMessage: entry.error_message,
      stackTrace: entry.stack_trace,
      extra: entry.extra === undefined ? undefined : JSON.stringify(entry.extra),
    },
    maxBytes,
  );
  return Buffer.byteLength(smaller) < Buffer.byteLength(json) ? smaller : undefined;
}
