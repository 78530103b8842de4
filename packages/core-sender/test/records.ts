import { Enricher } from '../src/entry/enricher.ts';
import type { EncodedEntry } from '../src/entry/encoded-entry.ts';
import type { Entry } from '../src/entry/entry.ts';
import type { AdapterProfile, LogRecord } from '../src/entry/record.ts';
import type { SenderOptions } from '../src/options/options.ts';
import { FakeClock } from './fake-clock.ts';
import { optionsWith } from './support.ts';

const PROFILE: AdapterProfile = { sdkVersion: 'test/1.0.0' };

/** What the enricher makes of a record; INFO "m" but for what is given. */
export function encode(
  record: Partial<LogRecord>,
  profile: Partial<AdapterProfile> = {},
  options: SenderOptions = {},
): EncodedEntry {
  const enricher = new Enricher(optionsWith(options), { ...PROFILE, ...profile }, new FakeClock());
  return enricher.encode({ level: 'INFO', message: 'm', ...record }, 1);
}

/** The same as the server reads it. */
export function entryOf(...given: Parameters<typeof encode>): Entry {
  return JSON.parse(encode(...given).json) as Entry;
}
