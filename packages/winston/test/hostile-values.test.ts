import winston from 'winston';
import { describe, expect, it } from 'vitest';
import { entryViolations } from '../../../test/kit/entry-validator.ts';
import { hostileRecords, hostileValues } from '../../../test/kit/hostile-values.ts';
import { startReceiver } from '../../../test/kit/receiver.ts';
import { transportTo } from './support.ts';

// Without a format that reads the record: winston's own JSON format throws on many of these by itself.
const format = winston.format((info) => info)();

describe('hostile values', () => {
  it('each becomes a valid entry and harms no other, as a field, message, error and record', async () => {
    const receiver = await startReceiver();
    const transport = transportTo(receiver, { maxBuffer: 100_000, maxBufferBytes: 1024 ** 3 });
    let refusedByWinston = 0;
    let again = 0;
    const log = (make: (again: () => void) => unknown, wrap: (value: unknown) => unknown): void => {
      const logger = winston.createLogger({ level: 'silly', format, transports: [transport] });
      const logAgain = (): void => {
        again++;
        transport.log({ level: 'info', message: 'again' });
      };
      const value = make(logAgain);
      const before = transport.stats().accepted;
      try {
        logger.log('error', 'text', wrap(value) as object);
      } catch {
        refusedByWinston++;
        return;
      }
      expect(transport.stats().accepted).toBeGreaterThan(before);
    };
    const light = [...hostileValues, ...hostileRecords].filter(({ isHeavy }) => !isHeavy);
    for (const { make } of light) {
      log(make, (value) => ({ value, neighbour: 'kept' }));
      log(make, (value) => value);
      for (const key of ['message', 'error', 'level', 'timestamp', 'stack']) {
        expect(() =>
          transport.log({ level: 'error', message: 'direct', [key]: make(() => {}) }),
        ).not.toThrow();
      }
      expect(() => transport.log(make(() => {}))).not.toThrow();
    }
    await transport.close();
    const stats = transport.stats();
    const entries = receiver.entries();
    expect(entries.flatMap((entry) => entryViolations(entry))).toEqual([]);
    expect(receiver.faults).toEqual([]);
    expect(stats).toMatchObject({ dropped: 0, deadLettered: 0, pending: 0 });
    expect(stats.accepted).toBe(light.length * 8 - refusedByWinston + again);
    expect(entries).toHaveLength(stats.accepted);
    expect(refusedByWinston).toBeLessThan(light.length / 5);
    const kept = entries.filter((entry) => entry.extra?.['neighbour'] === 'kept');
    expect(kept.length).toBe(light.length);
  }, 20_000);
});
