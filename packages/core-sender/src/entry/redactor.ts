import type { Redaction } from '../options/options.ts';
import type { Warnings } from '../report/warnings.ts';
import { censorRepeats, settleErrors } from './censored-text.ts';
import { EXTRA_LIMITS } from './entry-draft.ts';
import { isErrorLike } from './error-parts.ts';
import { ERROR_KEYS } from './find-error.ts';
import { loadRedact } from './load-redact.ts';
import { errorToJson, toJson } from './plain-error.ts';
import type { AdapterProfile, LogRecord } from './record.ts';
import { objectToJson } from './value-to-json.ts';

type Plain = Record<string, unknown>;

/** Words for the message of a record that hold whatever its logger calls it. */
const MESSAGE_KEYS = ['message', 'msg'];

/** An error from outside the fields, and where it lies among them as well. */
interface FoundError {
  before: Plain;
  places: readonly (readonly string[])[];
}

/** Stands for what could not be redacted. */
const WITHHELD = '[not sent: the redaction failed]';

/**
 * Takes out of a record what the option `redact` names. It works on plain data, on what would be written of the
 * record, and all that comes after it sees that data only: no getter, Proxy or `toJSON` can bring a value back.
 */
export class Redactor {
  readonly #steps: readonly ((plain: unknown) => unknown)[];
  readonly #censor: string;
  readonly #profile: AdapterProfile;
  readonly #warnings: Warnings;

  constructor({ paths, censor, remove }: Required<Redaction>, profile: AdapterProfile, warnings: Warnings) {
    const redact = loadRedact();
    // Without a serialiser of ours the library would write JSON, or add a property `restore`.
    const step = (some: string[]): ((plain: unknown) => unknown) =>
      redact({ paths: some, censor, remove, serialize: (plain: unknown) => plain });
    // Where a wildcard meets a named key the library copies for the latter only, and would change its input.
    const wild = paths.filter((path) => path.includes('*'));
    this.#steps = [step(paths.filter((path) => !path.includes('*'))), ...wild.map((path) => step([path]))];
    this.#censor = remove ? '' : censor;
    this.#profile = profile;
    this.#warnings = warnings;
  }

  /** The record without the values. Never throws; when redaction fails, nothing of the record but its message is left. */
  redact(record: LogRecord): LogRecord {
    try {
      return this.#redact(record);
    } catch {
      // Without the cause: an error about JSON quotes it, and one that the app threw can say anything.
      this.#warnings.warn('TRACEHUB_REDACT', 'a record could not be redacted: only its message is sent');
      const fields = { tracehub_withheld: WITHHELD };
      return { level: record.level, message: this.#messageOf(record), fields };
    }
  }

  #redact(record: LogRecord): LogRecord {
    const gone: string[] = [];
    const plain = record.fields && this.#toJson(record.fields);
    const outside = isErrorLike(record.error) ? findIn(plain, record.error) : undefined;
    // Where the logger copied its properties into the record, as winston does, the record goes by its names.
    const isCopied = outside?.places.every((place) => place.length === 0);
    const fields = plain && this.#fields(plain, gone, isCopied ? ERROR_KEYS : []);
    const error = outside && this.#error(outside, gone);
    const message = isErrorLike(record.message)
      ? this.#error(findIn(plain, record.message), gone, MESSAGE_KEYS)
      : this.#value(record, 'message', MESSAGE_KEYS);
    return {
      level: record.level,
      message: typeof message === 'string' ? censorRepeats(message, gone, this.#censor) : message,
      time: this.#value(record, 'time', []),
      error,
      fields,
      ...(record.used ? { used: record.used } : {}),
    };
  }

  #toJson(fields: object): Plain {
    const keys = this.#errorKeys().filter((key) => isErrorLike(read(fields, key)));
    const rest = JSON.parse(objectToJson(fields, EXTRA_LIMITS, (key) => keys.includes(key))) as Plain;
    for (const key of keys) rest[key] = errorToJson(read(fields, key) as object);
    return rest;
  }

  #fields(before: Plain, gone: string[], names: readonly string[]): Plain {
    let after = this.#apply(before) as Plain;
    for (const name of names) {
      const held = this.#applyAt([name], after);
      // A path that names the whole error means its columns: the record may hold more than its copies.
      if (isObject(held)) after = held;
    }
    // Its members are about to become fields of their own.
    if (isObject(after['extra'])) after['extra'] = this.#apply(after['extra']);
    for (const key of this.#errorKeys()) {
      if (isErrorLike(before[key])) after[key] = this.#columns(after[key]);
    }
    settleErrors(before, after, gone);
    return after;
  }

  /** An error from outside the fields: held against the paths under every name and place it may have. */
  #error({ before, places }: FoundError, gone: string[], names: readonly string[] = []): unknown {
    const known = new Set([...names, ...this.#errorKeys(), ...ERROR_KEYS]);
    let after: unknown = before;
    for (const place of [[], ...Array.from(known, (key) => [key]), ...places]) {
      after = this.#applyAt(place, after);
    }
    after = this.#columns(after);
    settleErrors(before, after, gone);
    return after;
  }

  /** The same for the columns an error fills, which a path may name in the server's words. It remains an error. */
  #columns(error: unknown): unknown {
    if (!isObject(error)) return error;
    const { type, message = '', stack = '' } = error;
    const named = { error_type: type, error_message: message, stack_trace: stack };
    const columns = this.#apply(named) as Partial<typeof named>;
    const whole = { ...error, type: columns.error_type, message: columns.error_message ?? '' };
    if (columns.stack_trace === stack) return { ...whole, stack };
    // That column holds the causes as well.
    const { cause: _cause, errors: _errors, aggregateErrors: _members, ...alone } = whole as Plain;
    return { ...alone, stack: columns.stack_trace ?? '' };
  }

  /** What the adapter took out of the fields, under the key it has there. */
  #value(record: LogRecord, part: 'message' | 'time', names: readonly string[]): unknown {
    const value = record[part];
    const keys = [...(record.used ?? [])].filter((key) => Object.is(read(record.fields, key), value));
    let plain = toJson(value);
    for (const key of [...names, ...keys]) plain = this.#applyAt([key], plain);
    return plain;
  }

  #messageOf(record: LogRecord): string {
    try {
      const message = this.#value(record, 'message', MESSAGE_KEYS);
      return typeof message === 'string' ? message : WITHHELD;
    } catch {
      return WITHHELD;
    }
  }

  #applyAt(place: readonly string[], value: unknown): unknown {
    const nested = place.reduceRight((inner: unknown, key) => ({ [key]: inner }), value);
    return place.reduce((outer: unknown, key) => (isObject(outer) ? outer[key] : outer), this.#apply(nested));
  }

  #apply(plain: unknown): unknown {
    return this.#steps.reduce((value, step) => step(value), plain);
  }

  /** Asked each time: pino's can come after the sender was made. */
  #errorKeys(): readonly string[] {
    return this.#profile.errorKeys ?? ERROR_KEYS;
  }
}

function findIn(fields: Plain | undefined, error: object): FoundError {
  const before = errorToJson(error);
  return { before, places: placesOf(before, fields) };
}

/** Where an error lies among the fields. By its text: an adapter may have made another object of it. */
function placesOf(error: Plain, value: unknown, place: readonly string[] = []): (readonly string[])[] {
  if (!isObject(value)) return [];
  if (value['stack'] === error.stack && value['message'] === error.message) return [place];
  return Object.keys(value).flatMap((key) => placesOf(error, value[key], [...place, key]));
}

function read(fields: object | undefined, key: string): unknown {
  try {
    return fields && Object.hasOwn(fields, key) ? (fields as Plain)[key] : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null;
}
