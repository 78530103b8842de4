import { describe, expect, it } from 'vitest';
import { entryViolations } from '../../../test/kit/entry-validator.ts';
import { hostileRecords, hostileValues } from '../../../test/kit/hostile-values.ts';
import { startReceiver } from '../../../test/kit/receiver.ts';
import { loggerTo } from './support.ts';

const DETAILS = ['module', 'exception', 'excInfo', 'errorType', 'errorMessage', 'stackTrace'];

describe('hostile values', () => {
  it('each becomes a valid entry and harms no other, as message, details, extra and everything in them', async () => {
    const receiver = await startReceiver();
    const logger = loggerTo(receiver, { maxBuffer: 100_000, maxBufferBytes: 1024 ** 3 });
    let calls = 0;
    const log = (message: unknown, details?: unknown): void => {
      calls++;
      expect(() => logger.error(message, details as never)).not.toThrow();
    };
    const logAgain = (): void => log('again');
    const light = [...hostileValues, ...hostileRecords].filter(({ isHeavy }) => !isHeavy);
    for (const { make } of light) {
      log(make(logAgain));
      log('as details', make(logAgain));
      log('as extra', { extra: make(logAgain) });
      log('in extra', { extra: { value: make(logAgain), neighbour: 'kept' } });
      for (const key of DETAILS) log(`as ${key}`, { [key]: make(logAgain) });
    }
    await logger.close();
    const entries = receiver.entries();
    expect(entries.flatMap((entry) => entryViolations(entry))).toEqual([]);
    expect(receiver.faults).toEqual([]);
    expect(logger.stats()).toMatchObject({ accepted: calls, delivered: calls });
    expect(entries).toHaveLength(calls);
    expect(entries.filter(({ extra }) => extra?.['neighbour'] === 'kept')).toHaveLength(light.length);
  }, 20_000);
});
