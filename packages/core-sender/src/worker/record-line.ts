import type { Level } from '../entry/entry.ts';
import { isErrorLike } from '../entry/error-parts.ts';
import type { AdapterProfile, LogRecord, SearchedRecord } from '../entry/record.ts';
import { getTraceId } from '../trace.ts';
import { fullLine, lineToRecord } from './full-line.ts';
import { isPlainJson } from './plain-json.ts';

/*
 * The lines in which records cross to the worker. Nearly all are plain:
 *
 *   level's letter, ms of the call if the record has no time, blank, trace id if any, the record's fields as JSON
 *   I1764440531123 4bf92f35{"message":"order placed","orderId":17,"level":"info"}
 *
 * The adapter's `plainKeys` say which of the fields are the message and the time, so that nothing stands twice and
 * the fields are one `JSON.stringify`. What that would not write as the sanitiser does (an Error, a Map, a cycle)
 * crosses in a full line (full-line.ts), which starts with a brace.
 */

/** Changes with the lines: both threads must mean the same. */
export const LINE_FORMAT = 1;

export type PlainKeys = NonNullable<AdapterProfile['plainKeys']>;

/** A line in two parts, which are cheaper to write one after the other than to join. */
export interface Line {
  /** ASCII. */
  head: string;
  json: string;
}

/** Makes the line of each record. On the thread that logs. */
export class LineWriter {
  readonly #profile: AdapterProfile;
  readonly #isRedacting: boolean;

  constructor(profile: AdapterProfile, isRedacting: boolean) {
    this.#profile = profile;
    this.#isRedacting = isRedacting;
  }

  /** Everything of the record is read during the call. Throws only where reading it does. */
  write(record: LogRecord): Line {
    const traceId = 'traceId' in record ? record.traceId : getTraceId();
    const json = this.#plainFields(record);
    if (json === undefined || (traceId !== undefined && !isHeadText(traceId)))
      return { head: '', json: fullLine(record, traceId, this.#profile, this.#isRedacting) };
    const now = record.time === undefined ? Date.now() : '';
    return { head: `${record.level[0]}${now} ${traceId ?? ''}`, json };
  }

  /** The fields as JSON, if that says all of the record. */
  #plainFields({ fields, used, message, time, error, errorKey }: LogRecord): string | undefined {
    const { plainKeys } = this.#profile;
    if (!plainKeys || used !== plainKeys.used || !fields || isErrorLike(error) || errorKey) return undefined;
    try {
      const own = fields as Record<string, unknown>;
      if (own[plainKeys.message] !== message || own[plainKeys.time] !== time) return undefined;
      return own['exc_info'] !== true && isPlainJson(fields) ? JSON.stringify(fields) : undefined;
    } catch {
      return undefined;
    }
  }
}

/** What a head may hold: an id of the trace module, or any other of visible ASCII without a brace. */
function isHeadText(traceId: string): boolean {
  return /^[!-z|}~]*$/.test(traceId);
}

const LEVELS: Readonly<Record<string, Level>> = { D: 'DEBUG', I: 'INFO', W: 'WARN', E: 'ERROR', F: 'FATAL' };

/** Makes the record of each line. In the worker. */
export class LineReader {
  readonly #keys: PlainKeys | undefined;

  constructor(plainKeys: PlainKeys | undefined) {
    this.#keys = plainKeys;
  }

  read(line: string): LogRecord | SearchedRecord {
    const level = LEVELS[line[0]!];
    const keys = this.#keys;
    if (!level || !keys) return lineToRecord(line);
    const brace = line.indexOf('{');
    const blank = line.indexOf(' ');
    const fields = JSON.parse(line.slice(brace)) as Record<string, unknown>;
    return {
      level,
      message: fields[keys.message],
      time: blank === 1 ? fields[keys.time] : Number(line.slice(1, blank)),
      fields,
      used: keys.used,
      traceId: line.slice(blank + 1, brace) || undefined,
    };
  }
}
