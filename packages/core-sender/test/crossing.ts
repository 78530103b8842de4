import { systemClock } from '../src/clock.ts';
import { Enricher } from '../src/entry/enricher.ts';
import type { AdapterProfile, LogRecord } from '../src/entry/record.ts';
import { LineReader, LineWriter } from '../src/worker/record-line.ts';
import { optionsWith } from './support.ts';

export const USED: ReadonlySet<string> = new Set(['level', 'msg', 'time']);
const PROFILE: AdapterProfile = {
  sdkVersion: 'test/1.0.0',
  moduleKeys: ['module', 'name'],
  hostKey: 'hostname',
  pidKey: 'pid',
  threadId: 'main',
  callerStack: () => '    at caller (/app/a.js:1) [1:2]',
  plainKeys: { message: 'msg', time: 'time', used: USED },
};

/** The line of a record, and the entries that come of it here and over there, without their ids. */
export function cross(
  make: () => LogRecord,
  redact: readonly string[] = [],
): { line: string; here: unknown; there: unknown } {
  const options = optionsWith(redact.length === 0 ? {} : { redact });
  // Made by one call: where an error was made is in its stack.
  const [forHere, forThere] = Array.from({ length: 2 }, () => make()) as [LogRecord, LogRecord];
  const { head, json } = new LineWriter(PROFILE, redact.length > 0).write(forThere);
  const { callerStack: _, ...plain } = PROFILE;
  const profile = structuredClone(plain);
  const record = new LineReader(profile.plainKeys).read(head + json);
  const encode = (enricher: Enricher, given: LogRecord): unknown => {
    const { json: entry, issueKey, year } = enricher.encode(given, 1);
    return { entry: { ...(JSON.parse(entry) as object), id: '' }, issueKey: issueKey && 'some', year };
  };
  return {
    line: head + json,
    here: encode(new Enricher(options, PROFILE, systemClock), forHere),
    there: encode(new Enricher(options, profile, systemClock), record),
  };
}

/** As bunyan has a record. */
export function usual(fields: object, level: LogRecord['level'] = 'INFO'): LogRecord {
  const all = { level: 30, msg: 'm', time: new Date(Date.now()), ...fields };
  return { level, message: all.msg, time: all.time, fields: all, used: USED };
}
