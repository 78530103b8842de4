import { expect } from 'vitest';
import { entryViolations } from '../../../test/kit/entry-validator.ts';
import type { Entry } from '../src/entry/entry.ts';
import type { AdapterProfile, LogRecord } from '../src/entry/record.ts';
import type { Redaction } from '../src/options/options.ts';
import { encode } from './records.ts';

/** What is nowhere to be found. */
export const SECRET = 'hunter2-4711';
/** What stands in its place. */
export const CENSOR = '[REDACTED]';

/** The entry of a record under `redact`; the secret is nowhere in it. */
export function redacted(
  redact: readonly string[] | Redaction,
  record: Partial<LogRecord>,
  profile: Partial<AdapterProfile> = {},
): Entry {
  const { json } = encode(record, profile, { redact });
  expect(json).not.toContain(SECRET);
  const entry = JSON.parse(json) as Entry;
  expect(entryViolations(entry)).toEqual([]);
  return entry;
}
