import { expect, it } from 'vitest';
import { EntryHead } from '../src/entry/entry-head.ts';
import { EntryMint } from '../src/entry/entry-mint.ts';
import type { Level } from '../src/entry/entry.ts';
import { resolveOptions } from '../src/options/resolve-options.ts';

const OPTIONS = { apiKey: 'th_key', service: 'müller', environment: 'test', endpoint: 'http://127.0.0.1:9' };
const PLACE = { host: 'a', pid: 7, threadId: 'main' };
const SECOND = Date.UTC(2026, 10, 22, 10);

/** Number, level and time of one entry after the other; a number that gets longer, and one beyond 32 bits, among them. */
const STEPS: [seq: number, level: Level, ms: number][] = [
  [1, 'INFO', 0],
  [2, 'INFO', 0],
  [9, 'INFO', 7],
  [10, 'INFO', 999],
  [11, 'ERROR', 999],
  [99, 'INFO', 1_000],
  [100, 'ERROR', 1_001],
  [101, 'INFO', 1_060],
  [2 ** 31 - 1, 'INFO', 1_060],
  [2 ** 31, 'INFO', 1_061],
  [2 ** 31 + 1, 'INFO', 1_062],
  [2 ** 53 - 1, 'ERROR', 61_000],
];

it('is what the head would be if it were written anew each time', () => {
  const mint = new EntryMint(resolveOptions(OPTIONS, {}).options, { sdkVersion: 'test/1.0.0' });
  const head = new EntryHead(mint);
  for (const [seq, level, ms] of STEPS) {
    mint.stamps.advance(SECOND + ms);
    const { micros, secondText } = mint.stamps;
    const timestamp = `${secondText}${String(micros).padStart(6, '0')}Z`;
    const origin = mint.origin.toJson(PLACE);
    expect(head.next(level, seq, PLACE).toString()).toBe(
      `{"id":"${mint.id(seq)}","level":"${level}","timestamp":"${timestamp}",${origin}`,
    );
  }
});
