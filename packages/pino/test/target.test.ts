import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { afterTest } from '../../../test/kit/after-test.ts';
import { ledgerFaults } from '../../../test/kit/ledger-check.ts';
import { startReceiver } from '../../../test/kit/receiver.ts';
import { senderOptions } from '../../../test/kit/sender-options.ts';
import type { Stats } from '../src/index.ts';
import { SDK_VERSION } from '../src/version.ts';
import { endWorker, flushed, inOrder, startWorker, targetTo } from './support.ts';

describe('record', () => {
  it('gives the columns, and everything else in extra', async () => {
    const receiver = await startReceiver();
    const logger = pino({ name: 'billing' }, targetTo(receiver));
    const time = Date.now();
    logger
      .child({ module: 'orders', trace_id: 'abc' })
      .warn({ a: { b: [1] }, big: 12345678901234567890n }, 'hé llo %d', 7);
    await flushed(logger);
    const [entry] = receiver.entries();
    expect(entry).toMatchObject({
      level: 'WARN',
      message: 'hé llo 7',
      service: 'test-service',
      environment: 'test',
      pid: process.pid,
      thread_id: 'main',
      sdk_version: SDK_VERSION,
      module: 'orders',
      trace_id: 'abc',
      extra: { a: { b: [1] }, big: '12345678901234567890', name: 'billing' },
    });
    expect(Math.abs(Date.parse(entry!.timestamp) - time)).toBeLessThan(1_000);
    expect(Object.keys(entry!.extra!).toSorted()).toEqual(['a', 'big', 'name']);
  });

  it('gives error fields with the causes', async () => {
    const receiver = await startReceiver();
    const logger = pino(targetTo(receiver));
    logger.error(new TypeError('outer', { cause: new RangeError('inner') }), 'failed');
    await flushed(logger);
    expect(receiver.entries()[0]).toMatchObject({
      level: 'ERROR',
      message: 'failed',
      error_type: 'TypeError',
    });
    expect(receiver.entries()[0]!.error_message).toContain('outer');
    expect(receiver.entries()[0]!.stack_trace).toContain('RangeError: inner');
    expect(receiver.entries()[0]!.extra).toBeUndefined();
  });

  it('obeys messageKey, errorKey and custom levels of the logger', async () => {
    const receiver = await startReceiver();
    const logger = pino(
      {
        messageKey: 'text',
        errorKey: 'failure',
        customLevels: { audit: 45 },
        formatters: { level: (label) => ({ level: label }) },
      },
      targetTo(receiver, { level: 'audit' }),
    );
    logger.warn('left out');
    logger.audit({ failure: new Error('no') }, 'kept');
    logger.error('kept too');
    await flushed(logger);
    expect(inOrder(receiver.entries())).toMatchObject([
      { level: 'WARN', message: 'kept', error_message: 'no' },
      { level: 'ERROR', message: 'kept too' },
    ]);
  });

  it('obeys useOnlyCustomLevels', async () => {
    const receiver = await startReceiver();
    const logger = pino(
      { customLevels: { low: 1, high: 99 }, useOnlyCustomLevels: true, level: 'low' },
      targetTo(receiver),
    );
    logger.low('a');
    logger.high('b');
    await flushed(logger);
    expect(inOrder(receiver.entries())).toMatchObject([{ level: 'DEBUG' }, { level: 'FATAL' }]);
  });

  it.each([
    ['isoTime', pino.stdTimeFunctions.isoTime],
    ['unixTime', pino.stdTimeFunctions.unixTime],
    ['nullTime', pino.stdTimeFunctions.nullTime],
  ])('reads %s', async (_, timestamp) => {
    const receiver = await startReceiver();
    const logger = pino({ timestamp }, targetTo(receiver));
    logger.info('x');
    await flushed(logger);
    const [entry] = receiver.entries();
    expect(Math.abs(Date.parse(entry!.timestamp) - Date.now())).toBeLessThan(3_000);
    expect(entry!.extra).toBeUndefined();
  });

  it('sends lines that are no JSON objects, in order', async () => {
    const receiver = await startReceiver();
    const stream = targetTo(receiver);
    const logger = pino(stream);
    const lines = ['plain text', 'null', '[1]', '{"level":50,"time":1,"x":NaN}'];
    for (const line of lines) stream.write(`${line}\n\n`);
    logger.info('last');
    await flushed(logger);
    const entries = inOrder(receiver.entries());
    expect(entries.map(({ message }) => message)).toEqual([...lines, 'last']);
    expect(entries.map(({ level }) => level)).toEqual(['INFO', 'INFO', 'INFO', 'ERROR', 'INFO']);
  });

  it('survives lines that come in pieces and lines of megabytes', async () => {
    const receiver = await startReceiver();
    const stream = targetTo(receiver);
    const logger = pino(stream);
    const bytes = Buffer.from('{"level":30,"msg":"zwölf 🐢"}\n');
    for (const byte of bytes) stream.write(Buffer.from([byte]) as unknown as string);
    logger.info('ü'.repeat(3 * 1024 * 1024));
    logger.info('after');
    await flushed(logger);
    const messages = inOrder(receiver.entries()).map(({ message }) => message);
    expect(messages).toHaveLength(3);
    expect(messages[0]).toBe('zwölf 🐢');
    expect(messages[1]!.startsWith('üüü')).toBe(true);
    expect(messages[2]).toBe('after');
  });
});

describe('worker', () => {
  it('sends while it reads a burst, so that the ring is not overrun before the first request leaves', async () => {
    const receiver = await startReceiver();
    const logger = pino(targetTo(receiver, { maxBuffer: 5_000 }));
    for (let n = 0; n < 50_000; n++) logger.info({ n }, 'burst');
    await flushed(logger);
    // Read in one go, 4 MiB at a time, all but two rings full would be dropped.
    expect(receiver.ids().size).toBeGreaterThan(12_000);
    expect(receiver.duplicates()).toBe(0);
  });

  it('tells its counts on the app thread every second in which they change', async () => {
    const receiver = await startReceiver();
    const stream = targetTo(receiver, { flushInterval: 200 });
    const seen: Stats[] = [];
    await once(stream, 'ready');
    const times = [performance.now()];
    stream.on('tracehub:stats', (stats: Stats) => {
      seen.push(stats);
      times.push(performance.now());
    });
    const logger = pino(stream);
    for (let n = 0; n < 30; n++) {
      logger.info({ n }, 'x');
      await sleep(100);
    }
    times.push(performance.now());
    const gaps = times.slice(1).map((time, index) => time - times[index]!);
    expect(gaps.filter((gap) => gap > 1_500)).toEqual([]);
    await vi.waitFor(() => expect(seen.at(-1)).toMatchObject({ accepted: 30, delivered: 30 }), 4_000);
    expect(seen.flatMap(ledgerFaults)).toEqual([]);
  });

  it('warns on the app thread, with the code in the text', async () => {
    const receiver = await startReceiver();
    const stream = targetTo(receiver, { apiKey: 'key', closeOnSignal: ['SIGTERM'] });
    const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    afterTest(() => warnings.mockRestore());
    const logger = pino(stream);
    logger.info('x');
    await flushed(logger);
    expect(warnings.mock.calls.map(([warning]) => warning)).toEqual([
      expect.stringMatching(/^\[TRACEHUB_CLOSE_ON_SIGNAL\] /),
      expect.stringMatching(/^\[TRACEHUB_KEY_FORMAT\] /),
    ]);
  });

  it('does not wait for ever for a logger', async () => {
    const receiver = await startReceiver();
    const stream = targetTo(receiver, { flushInterval: 200 });
    stream.write('{"level":40,"msg":"without pino"}\n');
    await receiver.waitFor(1);
    expect(receiver.entries()[0]).toMatchObject({ level: 'WARN', message: 'without pino' });
  });

  it.each([{ service: undefined }, { timeout: 5 }, { dispatcher: {} }])(
    'refuses %j with an error event',
    async (options) => {
      const receiver = await startReceiver();
      const stream = targetTo(receiver, options);
      const [error] = (await once(stream, 'error')) as [Error];
      expect(error.message).toMatch(/^option (service|timeout|dispatcher) /);
      expect(error.cause).toMatchObject({ name: 'TraceHubConfigError', code: 'TRACEHUB_CONFIG' });
    },
  );

  it('accepts and discards when it is not enabled', async () => {
    const receiver = await startReceiver();
    const logger = pino(targetTo(receiver, { enabled: false }));
    logger.info('x');
    await flushed(logger);
    expect(receiver.requests).toBe(0);
  });
});

describe('among other targets', () => {
  it('gets the lines of its level and the configuration of the logger', async () => {
    const receiver = await startReceiver();
    const options = senderOptions(receiver.url, { flushInterval: 200 });
    const stream = startWorker({
      targets: [
        { target: '@tracehub/pino', level: 'warn', options },
        { target: 'pino/file', level: 'info', options: { destination: '/dev/null' } },
      ],
    });
    const logger = pino({ messageKey: 'text', errorKey: 'failure' }, stream);
    logger.info('left out');
    logger.error({ failure: new Error('no') }, 'kept');
    await receiver.waitFor(1);
    expect(receiver.entries()).toMatchObject([{ message: 'kept', error_message: 'no' }]);
    await endWorker(stream);
  });

  it('gets the lines of a pipeline', async () => {
    const receiver = await startReceiver();
    const options = senderOptions(receiver.url, { flushInterval: 200 });
    const stream = startWorker({ pipeline: [{ target: '@tracehub/pino', options }] } as never);
    const logger = pino(stream);
    for (let n = 0; n < 100; n++) logger.info({ n }, 'x');
    await receiver.waitFor(100);
    await endWorker(stream);
    expect(receiver.ids().size).toBe(100);
  });
});
