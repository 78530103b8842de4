import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import winston from 'winston';
import { startReceiver } from '../../../test/kit/receiver.ts';
import { makeTempDirectory } from '../../../test/kit/temp.ts';
import DefaultTransport, { TraceHubConfigError, TraceHubTransport } from '../src/index.ts';
import { SDK_VERSION } from '../src/version.ts';
import { emitted, entriesOf, transportTo } from './support.ts';

// Warnings are the core's to test; those provoked here would only clutter the output.
let warned: ReturnType<typeof vi.spyOn>;
beforeEach(() => void (warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})));
afterEach(() => void vi.restoreAllMocks());

describe('options', () => {
  it('is exported by name and by default', () => {
    expect(DefaultTransport).toBe(TraceHubTransport);
  });

  it('has the version of its package', () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(SDK_VERSION).toBe(`winston/${version}`);
  });

  it('throws for an option that cannot be used', () => {
    expect(() => new TraceHubTransport({ service: 's', environment: 'e' })).toThrow(TraceHubConfigError);
    expect(() => new TraceHubTransport(undefined as never)).toThrow(TraceHubConfigError);
  });

  it("does not warn of winston's own options", async () => {
    const receiver = await startReceiver();
    transportTo(receiver, {
      level: 'info',
      silent: false,
      handleExceptions: false,
      handleRejections: false,
      format: winston.format.json(),
    });
    expect(warned).not.toHaveBeenCalled();
  });

  it('sends nothing and needs no key when it is not enabled', async () => {
    const transport = new TraceHubTransport({ enabled: false });
    const logger = winston.createLogger({ transports: [transport] });
    logger.info('into the void');
    expect(transport.stats().accepted).toBe(0);
    logger.end();
    await emitted(transport, 'finish');
  });

  it("obeys level over the logger's level", async () => {
    const entries = await entriesOf(
      (logger) => {
        logger.error('yes');
        logger.warn('yes too');
        logger.info('no');
      },
      {},
      { level: 'warn' },
    );
    expect(entries.map(({ message }) => message)).toEqual(['yes', 'yes too']);
  });

  it('obeys silent, also when it is set later', async () => {
    const receiver = await startReceiver();
    const transport = transportTo(receiver, { silent: true });
    const logger = winston.createLogger({ transports: [transport] });
    logger.info('no');
    transport.silent = false;
    logger.info('yes');
    await transport.close();
    expect(receiver.entries().map(({ message }) => message)).toEqual(['yes']);
  });

  it('obeys a format of its own', async () => {
    const upper = winston.format((info) =>
      info.message === 'drop' ? false : { ...info, message: String(info.message).toUpperCase() },
    );
    const entries = await entriesOf(
      (logger) => {
        logger.info('loud', { a: 1 });
        logger.info('drop');
      },
      {},
      { format: upper() },
    );
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ level: 'INFO', message: 'LOUD', extra: { a: 1 } });
  });
});

describe('log', () => {
  it('has taken the record in and called back when it returns', async () => {
    const transport = transportTo(await startReceiver());
    const callback = vi.fn<(...args: unknown[]) => void>();
    transport.log({ level: 'info', message: 'now' }, callback);
    expect(callback).toHaveBeenCalledExactlyOnceWith();
    expect(transport.stats()).toMatchObject({ accepted: 1, pending: 1 });
    await transport.close();
  });

  it('has every record of a burst when the last call returns', async () => {
    const transport = transportTo(await startReceiver());
    const logger = winston.createLogger({ transports: [transport] });
    for (let index = 0; index < 1_000; index++) logger.info(`entry ${index}`);
    expect(transport.stats().accepted).toBe(1_000);
    await transport.close();
  });

  it('emits logged in a later turn, to those who listen', async () => {
    const transport = transportTo(await startReceiver());
    const logger = winston.createLogger({ transports: [transport] });
    const logged = vi.fn<(...args: unknown[]) => void>();
    transport.on('logged', logged);
    logger.info('heard');
    expect(logged).not.toHaveBeenCalled();
    await new Promise(setImmediate);
    expect(logged).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message: 'heard' }));
    await transport.close();
  });

  it('takes what is no record', async () => {
    const receiver = await startReceiver();
    const transport = transportTo(receiver);
    for (const value of ['text', 7, null, undefined, Symbol('s'), []]) transport.log(value);
    await transport.close();
    expect(transport.stats()).toMatchObject({ accepted: 6, delivered: 6 });
  });

  it('never emits error, whatever the server does', async () => {
    const receiver = await startReceiver();
    receiver.answerAlways({ status: 401, body: '{"detail":"Invalid API key"}' });
    const transport = transportTo(receiver);
    const logger = winston.createLogger({ transports: [transport] });
    const onError = vi.fn<(...args: unknown[]) => void>();
    logger.on('error', onError);
    transport.on('error', onError);
    logger.info('refused');
    const receipt = await transport.flush();
    expect(receipt).toEqual({ delivered: 0, deadLettered: 1, dropped: 0 });
    logger.info('still attached');
    await transport.close();
    expect(transport.stats()).toMatchObject({ accepted: 2, deadLettered: 2 });
    expect(onError).not.toHaveBeenCalled();
    expect(logger.transports).toEqual([transport]);
  });
});

describe('the end', () => {
  it('loses nothing when logger.end() follows the last call, and finishes when all is delivered', async () => {
    const receiver = await startReceiver();
    const transport = transportTo(receiver);
    const logger = winston.createLogger({ transports: [transport] });
    for (let index = 0; index < 500; index++) logger.info(`entry ${index}`);
    logger.end();
    await Promise.all([emitted(transport, 'finish'), emitted(logger, 'finish')]);
    expect(receiver.entries()).toHaveLength(500);
    expect(transport.stats()).toMatchObject({ accepted: 500, delivered: 500, pending: 0 });
  });

  it('loses nothing when logger.close() follows the last call', async () => {
    const receiver = await startReceiver();
    const transport = transportTo(receiver);
    const logger = winston.createLogger({ transports: [transport] });
    for (let index = 0; index < 500; index++) logger.info(`entry ${index}`);
    logger.close();
    await receiver.waitFor(500);
    expect(await transport.close()).toEqual({ delivered: 500, deadLettered: 0, dropped: 0 });
  });

  it('can be ended and closed again and again', async () => {
    const receiver = await startReceiver();
    const transport = transportTo(receiver);
    const logger = winston.createLogger({ transports: [transport] });
    logger.info('once');
    logger.end();
    logger.close();
    transport.end();
    const receipts = await Promise.all([transport.close(), transport.close(), transport.flush()]);
    expect(receipts[1]).toEqual(receipts[0]);
    expect(receiver.entries()).toHaveLength(1);
  });

  it('counts what is logged after close as dropped', async () => {
    const transport = transportTo(await startReceiver());
    await transport.close();
    transport.log({ level: 'info', message: 'late' });
    expect(transport.stats()).toMatchObject({ accepted: 1, dropped: 1, drops: { closed: 1 } });
  });

  it('gives a receipt for what was logged before flush', async () => {
    const transport = transportTo(await startReceiver());
    const logger = winston.createLogger({ transports: [transport] });
    logger.info('one');
    logger.info('two');
    expect(await transport.flush()).toEqual({ delivered: 2, deadLettered: 0, dropped: 0 });
    await transport.close();
  });

  it('sends dead letters of a server that was down when it is up again', async () => {
    const receiver = await startReceiver();
    receiver.answerAlways({ status: 401 });
    const dlqPath = makeTempDirectory('winston');
    const transport = transportTo(receiver, { dlqPath });
    const logger = winston.createLogger({ transports: [transport] });
    logger.info('kept');
    await transport.close();
    receiver.answerAlways(undefined);
    const next = transportTo(receiver, { dlqPath });
    await vi.waitFor(() => expect(next.stats()).toMatchObject({ accepted: 0, replayed: 1 }));
    await next.close();
    expect(receiver.entries().map(({ message }) => message)).toEqual(['kept']);
  });
});

describe('sharing', () => {
  it('stays open while a logger still has it', async () => {
    const receiver = await startReceiver();
    const transport = transportTo(receiver);
    const first = winston.createLogger({ transports: [transport] });
    const second = winston.createLogger({ transports: [transport] });
    first.info('from the first');
    first.close();
    await new Promise(setImmediate);
    second.info('from the second');
    second.close();
    await receiver.waitFor(2);
    expect(await transport.close()).toEqual({ delivered: 2, deadLettered: 0, dropped: 0 });
  });

  it('survives being moved within one tick, as logger.configure does', async () => {
    const receiver = await startReceiver();
    const transport = transportTo(receiver);
    const logger = winston.createLogger({ transports: [transport] });
    logger.info('before');
    logger.configure({ transports: [transport] });
    logger.info('between');
    logger.remove(transport).add(transport);
    await new Promise(setImmediate);
    logger.info('after');
    logger.end();
    await emitted(transport, 'finish');
    expect(transport.stats()).toMatchObject({ accepted: 3, delivered: 3 });
  });

  it('closes when it is cleared from its only logger', async () => {
    const receiver = await startReceiver();
    const transport = transportTo(receiver);
    const logger = winston.createLogger({
      transports: [transport, new winston.transports.Console({ silent: true })],
    });
    logger.info('before');
    logger.clear();
    await receiver.waitFor(1);
    await transport.close();
    expect(transport.stats()).toMatchObject({ delivered: 1, pending: 0 });
  });

  it('serves many loggers and many transports without a listener warning', async () => {
    const receiver = await startReceiver();
    const before = listeners();
    const shared = transportTo(receiver);
    const own = Array.from({ length: 15 }, () => transportTo(receiver));
    const loggers = own.map((transport) => winston.createLogger({ transports: [shared, transport] }));
    for (const logger of loggers) logger.info('hello');
    await Promise.all([shared, ...own].map((transport) => transport.close()));
    expect(warned).not.toHaveBeenCalled();
    expect(listeners()).toEqual(before);
    expect(receiver.entries()).toHaveLength(30);
  });
});

function listeners(): Record<string, number> {
  return Object.fromEntries(
    ['beforeExit', 'exit', 'SIGTERM'].map((event) => [event, process.listenerCount(event)]),
  );
}
