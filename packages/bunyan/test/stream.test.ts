import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import bunyan from 'bunyan';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startReceiver } from '../../../test/kit/receiver.ts';
import { makeTempDirectory } from '../../../test/kit/temp.ts';
import { watchLedger } from '../../../test/kit/ledger-check.ts';
import { TraceHubConfigError, TraceHubStream, traceHubStream } from '../src/index.ts';
import { SDK_VERSION } from '../src/version.ts';
import { entriesOf, entryTo, inOrder, optionsFor } from './support.ts';

// Warnings are the core's to test; those provoked here would only clutter the output.
let warned: ReturnType<typeof vi.spyOn>;
beforeEach(() => void (warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})));
afterEach(() => void vi.restoreAllMocks());

describe('options', () => {
  it('has the version of its package', () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(SDK_VERSION).toBe(`bunyan/${version}`);
  });

  it('makes an entry that sends everything', async () => {
    const receiver = await startReceiver();
    const { stream, ...rest } = entryTo(receiver);
    expect(rest).toEqual({ name: 'tracehub', type: 'raw', level: 1, reemitErrorEvents: false });
    expect(stream).toBeInstanceOf(TraceHubStream);
    await stream.close();
  });

  it.each(['loud', 0, 1.5, -10, {}])('throws for the level %s', (level) => {
    expect(() => traceHubStream({ enabled: false, level: level as never })).toThrow(TraceHubConfigError);
    expect(() => new TraceHubStream({ enabled: false, level: level as never })).toThrow(TraceHubConfigError);
  });

  it('throws for other options that cannot be used', () => {
    expect(() => traceHubStream({ service: 's', environment: 'e' })).toThrow(TraceHubConfigError);
    expect(() => traceHubStream(undefined as never)).toThrow(TraceHubConfigError);
  });

  it('sends from level on, which the logger can change', async () => {
    const receiver = await startReceiver();
    const entry = entryTo(receiver, { level: 'warn' });
    const logger = bunyan.createLogger({ name: 'app', streams: [entry] });
    logger.info('no');
    logger.warn('yes');
    logger.levels('tracehub', 'debug');
    logger.debug('yes too');
    await entry.stream.close();
    expect(inOrder(receiver.entries()).map(({ message }) => message)).toEqual(['yes', 'yes too']);
    expect(entry.stream.stats().accepted).toBe(2);
  });

  it('filters by level where the class stands alone', async () => {
    const receiver = await startReceiver();
    const stream = new TraceHubStream({ ...optionsFor(receiver), level: 'error' });
    watchLedger('bunyan', stream);
    const logger = bunyan.createLogger({ name: 'app', streams: [{ type: 'raw', stream }] });
    logger.warn('no');
    logger.error('yes');
    await stream.close();
    expect(receiver.entries().map(({ message }) => message)).toEqual(['yes']);
    expect(stream.stats().accepted).toBe(1);
  });

  it('sends nothing and needs no key when it is not enabled', async () => {
    const entry = traceHubStream({ enabled: false });
    bunyan.createLogger({ name: 'app', streams: [entry] }).info('into the void');
    expect(entry.stream.stats().accepted).toBe(0);
    await entry.stream.close();
  });
});

describe('write', () => {
  it('never changes the record', async () => {
    const records: object[] = [];
    const copies: string[] = [];
    const seen = new (class extends TraceHubStream {
      override write(record: unknown): boolean {
        records.push(record as object);
        copies.push(JSON.stringify(record));
        return true;
      }
    })({ enabled: false });
    await entriesOf((logger) => {
      logger.addStream({ type: 'raw', stream: seen, level: 1 });
      const { streams } = logger as unknown as { streams: unknown[] };
      streams.reverse();
      logger.error({ err: new Error('e'), list: [1] }, 'untouched');
      streams.reverse();
      logger.error({ err: new Error('e'), list: [1] }, 'untouched');
    });
    expect(records.map((record) => JSON.stringify(record))).toEqual(copies);
  });

  it('takes a frozen record', async () => {
    const entries = await entriesOf((_logger, stream) => {
      stream.write(
        Object.freeze({ level: 30, msg: 'frozen', time: new Date(), v: 0, a: Object.freeze({ b: 1 }) }),
      );
    });
    expect(entries[0]).toMatchObject({ message: 'frozen', extra: { a: { b: 1 } } });
  });

  it("reads the lines that come where type: 'raw' was forgotten", async () => {
    const receiver = await startReceiver();
    const { stream } = entryTo(receiver);
    const logger = bunyan.createLogger({
      name: 'app',
      serializers: bunyan.stdSerializers,
      streams: [{ stream, level: 'trace' }],
    });
    logger.error({ err: new TypeError('declined'), order: 1 }, 'order failed');
    await stream.close();
    expect(receiver.entries()).toEqual([
      expect.objectContaining({
        level: 'ERROR',
        message: 'order failed',
        module: 'app',
        error_type: 'TypeError',
        stack_trace: expect.stringContaining('at '),
        extra: { order: 1 },
      }),
    ]);
  });

  it('takes anything else as the message', async () => {
    const entries = await entriesOf((_logger, stream) => {
      const values = [
        'no JSON\n',
        '42',
        Buffer.from('bytes'),
        Buffer.from('{"level":50,"msg":"JSON"}'),
        7,
        null,
        undefined,
      ];
      for (const value of values) expect(stream.write(value)).toBe(true);
    });
    expect(entries.map(({ level, message }) => [level, message])).toEqual([
      ['INFO', 'no JSON'],
      ['INFO', '42'],
      ['INFO', 'bytes'],
      ['ERROR', 'JSON'],
      ['INFO', '7'],
      ['INFO', ''],
      ['INFO', ''],
    ]);
  });

  it('calls back, and never emits error, whatever the server does', async () => {
    const receiver = await startReceiver();
    receiver.answerAlways({ status: 401 });
    const { stream } = entryTo(receiver);
    const onError = vi.fn<(...args: unknown[]) => void>();
    stream.on('error', onError);
    await new Promise((resolve) => stream.write({ level: 30, msg: 'one' }, resolve));
    await new Promise((resolve) => stream.write({ level: 30, msg: 'two' }, 'utf8', resolve));
    expect(await stream.flush()).toEqual({ delivered: 0, deadLettered: 2, dropped: 0 });
    await stream.close();
    expect(onError).not.toHaveBeenCalled();
  });
});

describe('the end', () => {
  it('loses nothing when end() follows the last call, and finishes when all is delivered', async () => {
    const receiver = await startReceiver();
    const { stream, ...rest } = entryTo(receiver);
    const logger = bunyan.createLogger({ name: 'app', streams: [{ ...rest, stream }] });
    for (let index = 0; index < 500; index++) logger.info(`entry ${index}`);
    stream.end({ level: 30, msg: 'last' });
    await once(stream, 'finish');
    expect(receiver.entries()).toHaveLength(501);
    expect(stream.stats()).toMatchObject({ accepted: 501, delivered: 501 });
  });

  it('can be ended, closed and destroyed again and again', async () => {
    const receiver = await startReceiver();
    const { stream } = entryTo(receiver);
    stream.write({ level: 30, msg: 'once' });
    stream.end();
    const receipts = await Promise.all([stream.close(), stream.close(), stream.flush()]);
    expect(receipts[0]).toEqual({ delivered: 1, deadLettered: 0, dropped: 0 });
    expect(receipts[1]).toEqual(receipts[0]);
    stream.destroy();
    await once(stream, 'close');
  });

  it('counts what is logged after the end as dropped, and does not throw', async () => {
    const receiver = await startReceiver();
    const { stream, ...rest } = entryTo(receiver);
    const logger = bunyan.createLogger({ name: 'app', streams: [{ ...rest, stream }] });
    stream.end();
    logger.info('late');
    await once(stream, 'finish');
    logger.info('later');
    expect(stream.stats()).toMatchObject({ accepted: 2, dropped: 2, drops: { closed: 2 } });
  });

  it('sends dead letters of a server that was down when it is up again', async () => {
    const receiver = await startReceiver();
    const dlqPath = makeTempDirectory('bunyan');
    receiver.answerAlways({ status: 401 });
    const { stream } = entryTo(receiver, { dlqPath });
    stream.write({ level: 30, msg: 'kept' });
    await stream.close();
    receiver.answerAlways(undefined);
    const next = entryTo(receiver, { dlqPath }).stream;
    await vi.waitFor(() => expect(next.stats()).toMatchObject({ accepted: 0, replayed: 1 }));
    await next.close();
    expect(receiver.entries().map(({ message }) => message)).toEqual(['kept']);
  });

  it('serves many loggers and streams without a listener warning', async () => {
    const receiver = await startReceiver();
    const entries = Array.from({ length: 15 }, () => entryTo(receiver));
    for (const entry of entries)
      bunyan.createLogger({ name: 'app', streams: [entry, entries[0]!] }).info('hello');
    await Promise.all(entries.map(({ stream }) => stream.close()));
    expect(warned).not.toHaveBeenCalled();
    expect(receiver.entries()).toHaveLength(30);
  });
});
