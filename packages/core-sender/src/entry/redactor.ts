import redact from '@pinojs/redact';
import type { Redaction } from '../options/options.ts';
import type { Warnings } from '../report/warnings.ts';
import { censorRepeats, settleErrors } from './censored-text.ts';
import { isErrorLike } from './error-parts.ts';
import { ERROR_KEYS } from './find-error.ts';
import { errorToJson, fieldsToJson, toJson } from './plain-error.ts';
import { pathsInAllWords } from './path-synonyms.ts';
import { type Place, fieldPlaces, placesOf, remainsOf } from './places.ts';
import type { AdapterProfile, SearchedRecord } from './record.ts';

type Plain = Record<string, unknown>;

/** Words for the message of a record that hold whatever its logger calls it. */
const MESSAGE_KEYS = ['message', 'msg'];

/** An error from outside the fields, and where it lies among them as well. */
interface OutsideError {
  before: Plain;
  places: readonly Place[];
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
    const all = pathsInAllWords(paths, profile.synonyms);
    // Without a serialiser of ours the library would write JSON, or add a property `restore`.
    const step = (some: string[]): ((plain: unknown) => unknown) =>
      redact({ paths: some, censor, remove, serialize: (plain: unknown) => plain });
    // Where a wildcard meets a named key the library copies for the latter only, and would change its input.
    const wild = all.filter((path) => path.includes('*'));
    this.#steps = [step(all.filter((path) => !path.includes('*'))), ...wild.map((path) => step([path]))];
    this.#censor = remove ? '' : censor;
    this.#profile = profile;
    this.#warnings = warnings;
  }

  /** The record without the values. Never throws; when redaction fails, nothing of the record but its message is left. */
  redact(record: SearchedRecord): SearchedRecord {
    try {
      return this.#redact(record);
    } catch {
      // Without the cause: an error about JSON quotes it, and one that the app threw can say anything.
      this.#warnings.warn('TRACEHUB_REDACT', 'a record could not be redacted: only its message is sent');
      const { time: _time, error: _error, nested: _nested, callerStack: _stack, ...rest } = record;
      return { ...rest, message: this.#messageOf(record), fields: { tracehub_withheld: WITHHELD } };
    }
  }

  #redact(record: SearchedRecord): SearchedRecord {
    if (record.isUnread) {
      this.#warnings.warn(
        'TRACEHUB_REDACT',
        'a record could not be read and not be redacted: it is withheld',
      );
      return { ...record, message: WITHHELD };
    }
    const { errorKey, nested, callerStack } = record;
    const gone: string[] = [];
    const plain = record.fields && this.#toJson(record.fields);
    const outside = isErrorLike(record.error) ? findIn(plain, record.error) : undefined;
    // Where the logger copied its properties into the record, as winston does, the record goes by its names.
    const isCopied = outside?.places.every((place) => place.length === 0);
    const fields = plain && this.#fields(plain, gone, isCopied ? ERROR_KEYS : []);
    // What was read out of a text goes with it.
    const text = errorKey === undefined ? undefined : read(plain, errorKey);
    const isTold = errorKey === undefined || this.#applyAt([errorKey], text) === text;
    const error = outside && isTold ? this.#outside(outside, gone) : undefined;
    const message = isErrorLike(record.message)
      ? this.#outside(findIn(plain, record.message), gone, MESSAGE_KEYS)
      : this.#value(record, 'message', MESSAGE_KEYS);
    const deep = nested && this.#error(errorToJson(nested.error), fieldPlaces(nested.place), gone);
    return {
      ...record,
      message: typeof message === 'string' ? censorRepeats(message, gone, this.#censor) : message,
      time: this.#value(record, 'time', []),
      error,
      fields,
      nested: nested && isErrorLike(deep) ? { ...nested, error: deep } : undefined,
      callerStack: callerStack && (this.#applyAt(['stack_trace'], callerStack) as string | undefined),
    };
  }

  #toJson(fields: object): Plain {
    const keys = this.#errorKeys().filter((key) => isErrorLike(read(fields, key)));
    const rest = fieldsToJson(fields, (key) => keys.includes(key));
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
      const error = before[key];
      // pino's mixin puts under the error key what was logged elsewhere.
      if (isErrorLike(error))
        after[key] = this.#errorAt(error as Plain, after[key], remainsOf(error as Plain, before));
    }
    settleErrors(before, after, gone);
    return after;
  }

  /** An error from outside the fields: held against the paths under every name and place it may have. */
  #outside({ before, places }: OutsideError, gone: string[], names: readonly string[] = []): unknown {
    const known = new Set([...names, ...this.#errorKeys(), ...ERROR_KEYS]);
    return this.#error(before, [[], ...Array.from(known, (key) => [key]), ...places], gone);
  }

  #error(before: Plain, places: readonly Place[], gone: string[]): unknown {
    const after = this.#errorAt(before, before, places);
    settleErrors(before, after, gone);
    return after;
  }

  /** What is left of an error at these places, and in the columns it fills. */
  #errorAt(before: Plain, error: unknown, places: readonly Place[]): unknown {
    return this.#columns(
      before,
      places.reduce((held, place) => this.#applyAt(place, held), error),
    );
  }

  /** The same for the columns an error fills, which a path may name in the server's words. It remains an error. */
  #columns(before: Plain, error: unknown): unknown {
    if (!isObject(error)) return error;
    const { type, message = '', stack = '' } = error;
    const named = { error_type: type, error_message: message, stack_trace: stack };
    const columns = this.#apply(named) as Partial<typeof named>;
    const whole = { ...error, type: columns.error_type, message: columns.error_message ?? '' };
    if (columns.stack_trace === before['stack']) return { ...whole, stack };
    // That column holds the causes as well.
    const { cause: _cause, errors: _errors, aggregateErrors: _members, ...alone } = whole as Plain;
    return { ...alone, stack: columns.stack_trace ?? '' };
  }

  /** What the adapter took out of the fields, under the key it has there. */
  #value(record: SearchedRecord, part: 'message' | 'time', names: readonly string[]): unknown {
    const value = record[part];
    const keys = [...(record.used ?? [])].filter((key) => Object.is(read(record.fields, key), value));
    // What a logger that has no fields there takes for its message is, to who logs it, the record.
    const places = [[], ...[...names, ...keys].map((key) => [key])];
    return places.reduce((held, place) => this.#applyAt(place, held), toJson(value));
  }

  #messageOf(record: SearchedRecord): string {
    try {
      const message = this.#value(record, 'message', MESSAGE_KEYS);
      return typeof message === 'string' ? message : WITHHELD;
    } catch {
      return WITHHELD;
    }
  }

  #applyAt(place: Place, value: unknown): unknown {
    const nested = place.reduceRight((inner: unknown, key) => ({ [key]: inner }), value);
    return place.reduce((outer: unknown, key) => (isObject(outer) ? outer[key] : outer), this.#apply(nested));
  }

  #apply(plain: unknown): unknown {
    return isObject(plain) ? this.#steps.reduce((value: unknown, step) => step(value), plain) : plain;
  }

  /** Asked each time: pino's can come after the sender was made. */
  #errorKeys(): readonly string[] {
    return this.#profile.errorKeys ?? ERROR_KEYS;
  }
}

function findIn(fields: Plain | undefined, error: object): OutsideError {
  const before = errorToJson(error);
  return { before, places: placesOf(before, fields) };
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
