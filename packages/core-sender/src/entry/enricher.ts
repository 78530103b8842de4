import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { isMainThread, threadId } from 'node:worker_threads';
import type { Clock } from '../clock.ts';
import { errorText } from '../errors.ts';
import type { ResolvedOptions } from '../options/options.ts';
import { Warnings } from '../report/warnings.ts';
import { getTraceId } from '../trace.ts';
import { EncodedEntry } from './encoded-entry.ts';
import { EntryChunks } from './entry-chunks.ts';
import { type EntryDraft, EXTRA_LIMITS, boundSearchText, draftToJson } from './entry-draft.ts';
import { type ErrorFields, errorToFields } from './error-fields.ts';
import { errorMessage, isErrorLike } from './error-parts.ts';
import { ERROR_KEYS, errorAmongKeys, nestedError } from './find-error.ts';
import { issueKey } from './issue-key.ts';
import { levelRank } from './level.ts';
import { COLUMN_LIMITS, MAX_ENTRY_BYTES, MAX_PID } from './limits.ts';
import type { AdapterProfile, LogRecord, SearchedRecord } from './record.ts';
import { Redactor } from './redactor.ts';
import { boundStack } from './stack-trace.ts';
import { cleanText, quote, sliceText } from './text.ts';
import { TimestampMaker } from './timestamp.ts';
import { objectToJson } from './value-to-json.ts';

const DEFAULT_MODULE_KEYS = ['module'];

/** Below, an error deep in the fields is only something to be read in `extra`: that spares most entries the search. */
const NESTED_FROM = levelRank('WARN');

/** What a record says, sorted into the columns of the entry; what no column took goes to `extra`. */
interface Columns {
  taken: Set<string>;
  module: string | undefined;
  traceId: string | undefined;
  threadId: string | undefined;
  errorType: string | undefined;
  errorMessage: string | undefined;
  stackTrace: string | undefined;
  /** The error's own stack where the column has another one, or could not use it. */
  restOfStack: string | undefined;
  error: ErrorFields | undefined;
}

/**
 * Turns a record into an entry the server stores, whatever was logged (design.md 4), as JSON. Everything is read
 * during the call: winston and bunyan hand over live objects that change later.
 */
export class Enricher {
  /** Random per sender, so that no two processes, forks or restarts ever mint the same entry id. */
  readonly senderId: string = randomBytes(8).toString('hex');
  readonly #options: ResolvedOptions;
  readonly #profile: AdapterProfile;
  readonly #clock: Clock;
  readonly #stamps = new TimestampMaker();
  readonly #chunks = new EntryChunks();
  readonly #service: string;
  readonly #host: string;
  readonly #threadId: string;
  readonly #redactor: Redactor | undefined;
  #ownCount = 0;

  constructor(options: ResolvedOptions, profile: AdapterProfile, clock: Clock) {
    this.#options = options;
    this.#profile = profile;
    this.#clock = clock;
    this.#service = [
      `"service":${column('service', options.service)}`,
      `"environment":${column('environment', options.environment)}`,
      `"sdk_version":${column('sdk_version', profile.sdkVersion)}`,
    ].join(',');
    this.#host = hostname();
    this.#threadId = profile.threadId ?? (isMainThread ? 'main' : `worker-${threadId}`);
    const { redact } = options;
    this.#redactor = redact && new Redactor(redact, profile, new Warnings(clock, profile.emitWarning));
  }

  /** The entry for the record at `seq` of the sequence. Never throws for what the record holds. */
  encode(record: LogRecord, seq: number): EncodedEntry {
    const nested = levelRank(record.level) >= NESTED_FROM ? nestedError(record.fields ?? {}) : undefined;
    const searched = nested ? { ...record, nested } : record;
    return this.#encode(this.#redactor?.redact(searched) ?? searched, seq, `${this.senderId}-${seq}`);
  }

  /**
   * An entry that the sender itself has to say; it stands outside the sequence, is settled from the start and belongs
   * to no trace, whichever async context started the timer or request that brought it about.
   */
  encodeOwn(record: LogRecord): EncodedEntry {
    const id = `${this.senderId}-s${++this.#ownCount}`;
    const entry = this.#encode({ ...record, traceId: undefined }, -1, id);
    entry.isSettled = true;
    return entry;
  }

  #encode(record: SearchedRecord, seq: number, id: string): EncodedEntry {
    const columns = this.#columns(record);
    const { error } = columns;
    const stamp = this.#stamps.make(record.time, this.#clock.wall());
    const errorType = fitted('error_type', columns.errorType ?? error?.type);
    const draft: EntryDraft = {
      head: this.#head(record, columns, id, stamp.text, errorType),
      // Cleaned before they are measured: what replaces U+0000 is longer than it.
      message: cleanText(messageText(record.message, error)),
      errorMessage: cleaned(columns.errorMessage ?? error?.message),
      stackTrace: cleaned(columns.stackTrace),
      extra: extraJson(record, columns, {
        ...(error?.details ? { error: error.details } : {}),
        ...(columns.restOfStack === undefined ? {} : { stack: columns.restOfStack }),
        ...(stamp.original === undefined ? {} : { original_timestamp: stamp.original }),
        ...(this.#options.idInExtra ? { tracehub_id: id } : {}),
      }),
    };
    boundSearchText(draft);
    const json = draftToJson(draft, MAX_ENTRY_BYTES);
    const makesIssue = record.level === 'ERROR' || record.level === 'FATAL';
    const key = makesIssue ? issueKey(draft.message, errorType, draft.stackTrace) : undefined;
    return new EncodedEntry(seq, this.#chunks.write(json), key, stamp.year, this.#clock.now());
  }

  #columns(record: SearchedRecord): Columns {
    const fields = record.fields;
    const taken = new Set(record.used);
    const take = (key: string): string | undefined => {
      const text = plainText(read(fields, key));
      if (text === undefined) return undefined;
      taken.add(key);
      return text;
    };
    const given = take('stack_trace');
    const error = this.#error(record, taken);
    const excInfo = read(fields, 'exc_info');
    if (typeof excInfo === 'boolean') taken.add('exc_info');
    const isCallWanted = excInfo === true && !error;
    const captured = isCallWanted ? (record.callerStack ?? this.#profile.callerStack?.()) : undefined;
    return {
      taken,
      module: firstOf(this.#profile.moduleKeys ?? DEFAULT_MODULE_KEYS, take),
      traceId: take('trace_id') ?? ('traceId' in record ? record.traceId : getTraceId()),
      threadId: take('thread_id'),
      errorType: take('error_type'),
      errorMessage: take('error_message'),
      stackTrace: given === undefined ? (error?.stackTrace ?? (captured || undefined)) : boundStack(given),
      restOfStack: error?.rawStack ?? (given === undefined ? undefined : error?.stackTrace),
      error,
    };
  }

  /** The error handed over, a field named for it, the message; at last, where it matters, any other field. */
  #error(record: SearchedRecord, taken: Set<string>): ErrorFields | undefined {
    if (isErrorLike(record.error)) return errorToFields(record.error);
    const fields = record.fields ?? {};
    const named = errorAmongKeys(fields, this.#profile.errorKeys ?? ERROR_KEYS);
    if (named) {
      taken.add(named.place[0]!);
      return errorToFields(named.error);
    }
    if (isErrorLike(record.message)) return errorToFields(record.message);
    return record.nested && errorToFields(record.nested.error);
  }

  #head(
    record: LogRecord,
    columns: Columns,
    id: string,
    timestamp: string,
    errorType: string | undefined,
  ): string {
    const { hostKey, pidKey } = this.#profile;
    const host = hostKey ? plainText(read(record.fields, hostKey)) : undefined;
    const pid = pidKey ? read(record.fields, pidKey) : undefined;
    if (host !== undefined && hostKey) columns.taken.add(hostKey);
    if (isPid(pid) && pidKey) columns.taken.add(pidKey);
    let head =
      `"id":"${id}","level":"${record.level}","timestamp":"${timestamp}",${this.#service},` +
      `"host":${column('host', host ?? this.#host)},"pid":${isPid(pid) ? pid : process.pid},` +
      `"thread_id":${column('thread_id', columns.threadId ?? this.#threadId)}`;
    if (columns.traceId !== undefined) head += `,"trace_id":${column('trace_id', columns.traceId)}`;
    if (columns.module !== undefined) head += `,"module":${column('module', columns.module)}`;
    if (errorType !== undefined) head += `,"error_type":${quote(errorType)}`;
    return head;
  }
}

function column(name: keyof typeof COLUMN_LIMITS, text: string): string {
  return quote(sliceText(cleanText(text), COLUMN_LIMITS[name]));
}

/** As the server will have it, so that the issue key is made of the same. */
function fitted(name: keyof typeof COLUMN_LIMITS, text: string | undefined): string | undefined {
  return text === undefined ? undefined : sliceText(cleanText(text), COLUMN_LIMITS[name]);
}

function isPid(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_PID;
}

function cleaned(text: string | undefined): string | undefined {
  return text === undefined ? undefined : cleanText(text);
}

function firstOf(keys: readonly string[], take: (key: string) => string | undefined): string | undefined {
  for (const key of keys) {
    const text = take(key);
    if (text !== undefined) return text;
  }
  return undefined;
}

function read(fields: object | undefined, key: string): unknown {
  try {
    return fields && Object.hasOwn(fields, key) ? (fields as Record<string, unknown>)[key] : undefined;
  } catch {
    return undefined;
  }
}

/** A value a text column can hold: what is no text, number or boolean, or is empty, stays for `extra`. */
function plainText(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

function messageText(message: unknown, error: ErrorFields | undefined): string {
  if (typeof message === 'string') return message;
  if (message === undefined || message === null) return error?.message ?? '';
  if (isErrorLike(message)) return errorMessage(message);
  const json = objectToJson({ message }, EXTRA_LIMITS);
  const value: unknown = (JSON.parse(json) as { message?: unknown }).message;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `extra`: all fields no column took, the members of a field `extra`, and what the sender itself adds. */
function extraJson(record: LogRecord, columns: Columns, added: Record<string, unknown>): string | undefined {
  const { fields } = record;
  const parts: string[] = [];
  try {
    const spread = read(fields, 'extra');
    const members = isPlainObject(spread) ? spread : undefined;
    const isRest = (key: string): boolean =>
      !columns.taken.has(key) && !(members !== undefined && (key === 'extra' || Object.hasOwn(members, key)));
    const isGiven = (key: string): boolean =>
      (members !== undefined && Object.hasOwn(members, key)) ||
      (fields !== undefined && Object.hasOwn(fields, key) && isRest(key));
    if (fields) parts.push(inner(objectToJson(fields, EXTRA_LIMITS, (key) => !isRest(key))));
    if (members) parts.push(inner(objectToJson(members, EXTRA_LIMITS)));
    for (const [key, value] of Object.entries(added)) {
      // A Proxy can claim to have any key: the search for a free one is short.
      const names = [key, `tracehub_${key}`, `tracehub_own_${key}`];
      const name = names.find((candidate) => !isGiven(candidate)) ?? key;
      parts.push(inner(objectToJson({ [name]: value }, EXTRA_LIMITS)));
    }
  } catch (error) {
    parts.push(`"tracehub_unreadable":${quote(sliceText(errorText(error), 200))}`);
  }
  const json = parts.filter((part) => part !== '').join(',');
  return json === '' ? undefined : `{${json}}`;
}

function inner(json: string): string {
  return json.slice(1, -1);
}

function isPlainObject(value: unknown): value is object {
  try {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const prototype: unknown = Object.getPrototypeOf(value);
    return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
  } catch {
    // A Proxy that cannot even be asked is written like any other value.
    return false;
  }
}
