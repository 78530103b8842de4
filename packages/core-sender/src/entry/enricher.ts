import type { Clock } from '../clock.ts';
import { errorText } from '../errors.ts';
import type { ResolvedOptions } from '../options/options.ts';
import { Warnings } from '../report/warnings.ts';
import { EncodedEntry } from './encoded-entry.ts';
import { type EntryDraft, EXTRA_LIMITS, boundSearchText, draftToJson } from './entry-draft.ts';
import { EntryMint } from './entry-mint.ts';
import type { ErrorFields } from './error-fields.ts';
import { errorMessage, isErrorLike } from './error-parts.ts';
import { searchRecord } from './find-error.ts';
import { issueKey } from './issue-key.ts';
import { COLUMN_LIMITS, MAX_ENTRY_BYTES } from './limits.ts';
import { column } from './origin.ts';
import { type Columns, RecordColumns } from './record-columns.ts';
import { UNREADABLE_KEY } from './record-fields.ts';
import type { AdapterProfile, LogRecord, SearchedRecord } from './record.ts';
import { Redactor } from './redactor.ts';
import { cleanText, quote, sliceText } from './text.ts';
import type { Stamp } from './timestamp.ts';
import { JsonWriter, objectToJson } from './value-to-json.ts';

/**
 * Turns a record into an entry the server stores, whatever was logged (design.md 4), as JSON. Everything is read
 * during the call: winston and bunyan hand over live objects that change later.
 */
export class Enricher {
  readonly #mint: EntryMint;
  readonly #options: ResolvedOptions;
  readonly #profile: AdapterProfile;
  readonly #clock: Clock;
  #desk: Desk | undefined;
  readonly #redactor: Redactor | undefined;
  #ownCount = 0;

  constructor(
    options: ResolvedOptions,
    profile: AdapterProfile,
    clock: Clock,
    mint: EntryMint = new EntryMint(options, profile),
  ) {
    this.#mint = mint;
    this.#options = options;
    this.#profile = profile;
    this.#clock = clock;
    const { redact } = options;
    this.#redactor = redact && new Redactor(redact, profile, new Warnings(clock, profile.emitWarning));
  }

  /** The entry for the record at `seq` of the sequence. Never throws for what the record holds. */
  encode(record: LogRecord | SearchedRecord, seq: number): EncodedEntry {
    const searched = 'nested' in record ? record : searchRecord(record);
    return this.#encode(this.#redactor?.redact(searched) ?? searched, seq, this.#mint.id(seq));
  }

  /**
   * An entry that the sender itself has to say; it stands outside the sequence, is settled from the start and belongs
   * to no trace, whichever async context started the timer or request that brought it about.
   */
  encodeOwn(record: LogRecord): EncodedEntry {
    const id = this.#mint.id(`s${++this.#ownCount}`);
    const entry = this.#encode({ ...record, traceId: undefined }, -1, id);
    entry.isSettled = true;
    return entry;
  }

  #encode(record: SearchedRecord, seq: number, id: string): EncodedEntry {
    // What is logged by a getter or a `toJSON` while this record is read comes here before this one is done.
    const desk = this.#desk ?? createDesk(this.#profile);
    this.#desk = undefined;
    try {
      return this.#encodeAt(desk, record, seq, id);
    } finally {
      desk.columns.fields.forget();
      this.#desk = desk;
    }
  }

  #encodeAt(desk: Desk, record: SearchedRecord, seq: number, id: string): EncodedEntry {
    const columns = desk.columns.read(record);
    const { error } = columns;
    const stamp = this.#mint.stamps.make(record.time, this.#clock.wall());
    const errorType = fitted('error_type', columns.errorType ?? error?.type);
    const draft: EntryDraft = {
      head: this.#head(record, columns, id, stamp.text, errorType),
      // Cleaned before they are measured: what replaces U+0000 is longer than it.
      message: cleanText(messageText(record.message, error)),
      errorMessage: cleaned(columns.errorMessage ?? error?.message),
      stackTrace: cleaned(columns.stackTrace),
      extra: toExtra(desk, this.#added(columns, stamp, id)),
    };
    boundSearchText(draft);
    const json = draftToJson(draft, MAX_ENTRY_BYTES);
    const makesIssue = record.level === 'ERROR' || record.level === 'FATAL';
    const key = makesIssue ? issueKey(draft.message, errorType, draft.stackTrace) : undefined;
    return new EncodedEntry(seq, this.#mint.chunks.write(json), key, stamp.year, this.#clock.now());
  }

  /** What the sender itself adds to `extra`; most entries need none of it. */
  #added({ error, restOfStack }: Columns, { original }: Stamp, id: string): [string, unknown][] {
    const added: [string, unknown][] = [];
    if (error?.details) added.push(['error', error.details]);
    if (restOfStack !== undefined) added.push(['stack', restOfStack]);
    if (original !== undefined) added.push(['original_timestamp', original]);
    if (this.#options.idInExtra) added.push(['tracehub_id', id]);
    return added;
  }

  #head(
    record: LogRecord,
    columns: Columns,
    id: string,
    timestamp: string,
    errorType: string | undefined,
  ): string {
    let head = `"id":"${id}","level":"${record.level}","timestamp":"${timestamp}",${this.#mint.origin.toJson(columns)}`;
    if (columns.traceId !== undefined) head += `,"trace_id":${column('trace_id', columns.traceId)}`;
    if (columns.module !== undefined) head += `,"module":${column('module', columns.module)}`;
    if (errorType !== undefined) head += `,"error_type":${quote(errorType)}`;
    return head;
  }
}

/** What one record at a time is worked on with. */
interface Desk {
  columns: RecordColumns;
  writer: JsonWriter;
}

function createDesk(profile: AdapterProfile): Desk {
  return { columns: new RecordColumns(profile), writer: new JsonWriter(EXTRA_LIMITS) };
}

/** As the server will have it, so that the issue key is made of the same. */
function fitted(name: keyof typeof COLUMN_LIMITS, text: string | undefined): string | undefined {
  return text === undefined ? undefined : sliceText(cleanText(text), COLUMN_LIMITS[name]);
}

function cleaned(text: string | undefined): string | undefined {
  return text === undefined ? undefined : cleanText(text);
}

/** A message as text; without one that of the error. */
export function messageText(message: unknown, error?: ErrorFields): string {
  if (typeof message === 'string') return message;
  if (message === undefined || message === null) return error?.message ?? '';
  if (isErrorLike(message)) return errorMessage(message);
  const json = objectToJson({ message }, EXTRA_LIMITS);
  const value: unknown = (JSON.parse(json) as { message?: unknown }).message;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `extra`: all fields no column took, the members of a field `extra`, and what the sender itself adds. */
function toExtra({ columns, writer }: Desk, added: readonly [string, unknown][]): string | undefined {
  const { fields, extra } = columns;
  let json = '';
  try {
    const members = isPlainObject(extra.value) ? extra.value : undefined;
    if (members) extra.isTaken = true;
    json = fields.writeLeft(writer, members);
    if (members) json = joined(json, objectToJson(members, EXTRA_LIMITS));
    for (const [key, value] of added) {
      const isGiven = (name: string): boolean =>
        (members !== undefined && Object.hasOwn(members, name)) || fields.hasLeft(name);
      // A Proxy can claim to have any key: the search for a free one is short.
      const names = [key, `tracehub_${key}`, `tracehub_own_${key}`];
      const name = names.find((candidate) => !isGiven(candidate)) ?? key;
      json = joined(json, objectToJson({ [name]: value }, EXTRA_LIMITS));
    }
  } catch (error) {
    json = joined(json, JSON.stringify({ [UNREADABLE_KEY]: cleanText(sliceText(errorText(error), 200)) }));
  }
  return json === '' ? undefined : `${json}}`;
}

/** Appends the members of one JSON object to another, which has no closing brace or is ''. */
function joined(json: string, object: string): string {
  if (object === '{}') return json;
  return json === '' ? object.slice(0, -1) : `${json},${object.slice(1, -1)}`;
}

/** An object whose members are found again at the top of `extra`. */
export function isPlainObject(value: unknown): value is object {
  try {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const prototype: unknown = Object.getPrototypeOf(value);
    return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
  } catch {
    // A Proxy that cannot even be asked is written like any other value.
    return false;
  }
}
