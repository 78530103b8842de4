import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startReceiver } from '../../../test/kit/receiver.ts';
import { TraceHubConfigError, TraceHubLogger } from '../src/index.ts';
import { SDK_VERSION } from '../src/version.ts';
import { entriesOf, loggerTo } from './support.ts';

describe('options', () => {
  it('has the version of its package', () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(SDK_VERSION).toBe(`logger/${version}`);
  });

  it.each([
    ['debug', 5],
    ['info', 4],
    ['warn', 3],
    ['error', 2],
    ['fatal', 1],
  ] as const)('level %s lets %i of the five through', async (level, count) => {
    const entries = await entriesOf(
      (logger) => {
        for (const name of ['debug', 'info', 'warn', 'error', 'fatal'] as const) logger[name](name);
        expect(logger.stats().accepted).toBe(count);
      },
      { level },
    );
    expect(entries).toHaveLength(count);
    expect(entries[0]!.message).toBe(level);
  });

  it.each(['trace', 'WARN', '', 30, null, {}])('throws for the level %j', (level) => {
    expect(() => new TraceHubLogger({ enabled: false, level: level as never })).toThrow(
      /^option level must be one of debug, info, warn, error, fatal, got /,
    );
  });

  it('throws for other options that cannot be used', () => {
    expect(() => new TraceHubLogger({ service: 's', environment: 'e' })).toThrow(TraceHubConfigError);
    expect(() => new TraceHubLogger()).toThrow(TraceHubConfigError);
  });

  it('sends nothing and needs no key when it is not enabled', async () => {
    const logger = new TraceHubLogger({ enabled: false });
    logger.info('into the void');
    expect(logger.stats().accepted).toBe(0);
    await logger.close();
  });
});

describe('the end', () => {
  it('flush gives a receipt for what was logged before it', async () => {
    const receiver = await startReceiver();
    const logger = loggerTo(receiver);
    for (let n = 0; n < 120; n++) logger.info(`entry ${n}`);
    expect(await logger.flush()).toEqual({ delivered: 120, deadLettered: 0, dropped: 0 });
    expect(receiver.entries()).toHaveLength(120);
  });

  it('can be closed again and again, and counts what is logged later as dropped', async () => {
    const receiver = await startReceiver();
    const logger = loggerTo(receiver);
    logger.info('once');
    const receipts = await Promise.all([logger.close(), logger.close()]);
    expect(receipts[0]).toEqual({ delivered: 1, deadLettered: 0, dropped: 0 });
    expect(receipts[1]).toEqual(receipts[0]);
    logger.info('late');
    expect(logger.stats()).toMatchObject({ accepted: 2, delivered: 1, drops: { closed: 1 } });
  });

  it('is closed by await using', async () => {
    const receiver = await startReceiver();
    const logger = loggerTo(receiver);
    logger.info('once');
    await logger[Symbol.asyncDispose]();
    expect(logger.stats()).toMatchObject({ accepted: 1, delivered: 1 });
    expect(receiver.entries()).toHaveLength(1);
  });
});
