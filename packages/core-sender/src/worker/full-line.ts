import { EXTRA_LIMITS } from '../entry/entry-draft.ts';
import { arrayLength, isErrorLike } from '../entry/error-parts.ts';
import { isPlainObject, messageText } from '../entry/enricher.ts';
import { ERROR_KEYS, errorAmongKeys, ownField, searchRecord } from '../entry/find-error.ts';
import { errorToJsonText } from '../entry/plain-error.ts';
import type { AdapterProfile, LogRecord, SearchedRecord } from '../entry/record.ts';
import { sliceText } from '../entry/text.ts';
import { type JsonLimits, objectToJson } from '../entry/value-to-json.ts';
import { errorText } from '../errors.ts';

/*
 * The line of any record: the record after the search for an error, every value made plain by the sanitiser, so that
 * the worker makes of it the entry that the thread that logs would have made. That is what redaction does as well
 * (redactor.ts), and holds for the same reasons.
 */

/** Texts of an error are cut where the entry is made; here only what nobody would read. */
const ERROR_LIMITS: JsonLimits = { ...EXTRA_LIMITS, string: 2 ** 24, text: 2 ** 25 };

/** Columns that hold more text than a field may. */
const LONG_COLUMNS = ['error_message', 'stack_trace'];

/** A line as it is parsed: the record, with its set as a list. */
type ParsedLine = Omit<SearchedRecord, 'used'> & { used?: string[] };

export function fullLine(
  record: LogRecord,
  traceId: string | undefined,
  profile: AdapterProfile,
  isRedacting: boolean,
): string {
  const { level, message, error, errorKey, used } = record;
  const fields = record.fields ?? {};
  const errorKeys = profile.errorKeys ?? ERROR_KEYS;
  const named = isErrorLike(error) ? undefined : errorAmongKeys(fields, errorKeys);
  const { nested } = searchRecord(record);
  const isFailure = isErrorLike(error) || isErrorLike(message) || named !== undefined || nested !== undefined;
  const isCallWanted = !isFailure && ownField(fields, 'exc_info') === true;
  const parts = {
    level: JSON.stringify(level),
    time: valueToJson(record.time ?? Date.now()),
    message: message === undefined ? undefined : messageToJson(message, isRedacting),
    traceId: JSON.stringify(traceId),
    callerStack: JSON.stringify(record.callerStack ?? (isCallWanted ? profile.callerStack?.() : undefined)),
    error: isErrorLike(error) ? errorToText(error) : undefined,
    errorKey: JSON.stringify(errorKey),
    used: used && JSON.stringify([...used]),
    nested: nested && `{"error":${errorToText(nested.error)},"place":${JSON.stringify(nested.place)}}`,
    // Redaction looks at the errors under all these keys, an entry shows the first of them as its own.
    fields:
      record.fields && fieldsToText(fields, isRedacting ? errorKeys : (named?.place ?? []), isRedacting),
  };
  const written = Object.entries(parts).filter(([, json]) => json !== undefined);
  return `{${written.map(([name, json]) => `"${name}":${json}`).join(',')}}`;
}

export function lineToRecord(line: string): SearchedRecord {
  const { used, ...record } = JSON.parse(line) as ParsedLine;
  // Given as undefined both say that there is none: it has been looked for where it could be found.
  return { traceId: undefined, nested: undefined, ...record, used: new Set(used) };
}

function errorToText(error: object): string {
  return errorToJsonText(error, ERROR_LIMITS);
}

function valueToJson(value: unknown): string {
  return objectToJson({ value }, EXTRA_LIMITS).slice('{"value":'.length, -1);
}

/** As the text it will be, unless a path may lead into it. A text is cut where the entry is made. */
function messageToJson(message: unknown, isRedacting: boolean): string {
  if (isErrorLike(message)) return errorToText(message);
  return isRedacting && typeof message !== 'string'
    ? valueToJson(message)
    : JSON.stringify(messageText(message));
}

function fieldsToText(fields: object, errorKeys: readonly string[], isRedacting: boolean): string {
  try {
    const errors = errorKeys.filter((key) => isErrorLike(ownField(fields, key)));
    const texts = LONG_COLUMNS.filter((key) => typeof ownField(fields, key) === 'string');
    const extra = ownField(fields, 'extra');
    const isApart = !isRedacting && isContainer(extra) && !errors.includes('extra');
    const rest = objectToJson(
      fields,
      EXTRA_LIMITS,
      (key) => errors.includes(key) || texts.includes(key) || (isApart && key === 'extra'),
    );
    const parts = [
      rest.slice(1, -1),
      ...errors.map((key) => member(key, errorToText(ownField(fields, key) as object))),
      ...texts.map((key) => member(key, JSON.stringify(ownField(fields, key)))),
    ];
    if (isApart) parts.push(member('extra', extraToText(extra)));
    return `{${parts.filter((part) => part !== '').join(',')}}`;
  } catch (error) {
    return `{"tracehub_unreadable":${JSON.stringify(sliceText(errorText(error), 200))}}`;
  }
}

/** The members of a plain `extra` are spread by the enricher, at its top. What only becomes plain here is not. */
function extraToText(extra: object): string {
  if (isPlainObject(extra)) return objectToJson(extra, EXTRA_LIMITS);
  const json = valueToJson(extra);
  return json.startsWith('{') ? `{"extra":${json}}` : json;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && arrayLength(value) === undefined;
}

function member(key: string, json: string): string {
  return `${JSON.stringify(key)}:${json}`;
}
