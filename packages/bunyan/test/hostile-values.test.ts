import { Writable } from 'node:stream';
import bunyan from 'bunyan';
import { describe, expect, it } from 'vitest';
import { entryViolations } from '../../../test/kit/entry-validator.ts';
import { hostileRecords, hostileValues } from '../../../test/kit/hostile-values.ts';
import { startReceiver } from '../../../test/kit/receiver.ts';
import { entryTo } from './support.ts';

describe('hostile values', () => {
  it('each becomes a valid entry and harms no other, as a field, message, error and record', async () => {
    const receiver = await startReceiver();
    const entry = entryTo(receiver, { maxBuffer: 100_000, maxBufferBytes: 1024 ** 3 });
    const { stream } = entry;
    const logger = bunyan.createLogger({ name: 'app', streams: [] });
    // bunyan throws on some by itself, and hands those with a `level` of their own to no stream.
    let written = 0;
    const witness = new Writable({ objectMode: true });
    witness.write = () => ++written > 0;
    logger.addStream({ type: 'raw', level: 1, stream: witness });
    logger.addStream(entry);
    let again = 0;
    const logAgain = (): void => {
      again++;
      stream.write({ level: 30, msg: 'again' });
    };
    const log = (fields: object): void => {
      try {
        logger.error(fields, 'text');
      } catch {
        // Not ours to mend.
      }
    };
    const light = [...hostileValues, ...hostileRecords].filter(({ isHeavy }) => !isHeavy);
    for (const { make } of light) {
      log({ value: make(logAgain), neighbour: 'kept' });
      log(make(logAgain) as object);
      for (const key of ['msg', 'err', 'level', 'time', 'hostname', 'pid']) {
        expect(() => stream.write({ level: 50, msg: 'direct', [key]: make(() => {}) })).not.toThrow();
      }
      expect(() => stream.write(make(() => {}))).not.toThrow();
    }
    await stream.close();
    const stats = stream.stats();
    const entries = receiver.entries();
    expect(entries.flatMap((sent) => entryViolations(sent))).toEqual([]);
    expect(receiver.faults).toEqual([]);
    expect(stats).toMatchObject({ dropped: 0, deadLettered: 0, pending: 0 });
    expect(stats.accepted).toBe(written + light.length * 7 + again);
    expect(entries).toHaveLength(stats.accepted);
    expect(written).toBeGreaterThan(light.length * 1.8);
    expect(entries.filter((sent) => sent.extra?.['neighbour'] === 'kept')).toHaveLength(light.length);
  }, 20_000);
});
