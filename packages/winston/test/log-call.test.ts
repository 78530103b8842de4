import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Entry } from '@tracehub/core-sender';
import { runWithTraceId } from '@tracehub/core-sender/trace';
import { describe, expect, it, vi } from 'vitest';
import winston from 'winston';
import Transport from 'winston-transport';
import { startReceiver } from '../../../test/kit/receiver.ts';
import { makeTempDirectory } from '../../../test/kit/temp.ts';
import { inOrder, transportTo } from './support.ts';

const CONTEXTS = 200;
/** Enough that winston's streams, which hold 16 records, queue what is logged. */
const PAD = 'x'.repeat(300);

/** Lets go of one record after the other, as a transport to a slow disk or server does. */
class Slow extends Transport {
  override log(_info: unknown, callback: () => void): void {
    setTimeout(callback, 1);
  }
}

function openFile(): winston.transport {
  return new winston.transports.File({ filename: join(makeTempDirectory('winston-file'), 'app.log') });
}

/** The entries of a logger on our transport and a sibling, when all that `log` logs has come through. */
async function entriesBeside(
  sibling: winston.transport,
  count: number,
  log: (logger: winston.Logger) => unknown,
  options: winston.LoggerOptions = {},
): Promise<Entry[]> {
  const receiver = await startReceiver();
  const transport = transportTo(receiver);
  const logger = winston.createLogger({ ...options, transports: [sibling, transport] });
  await log(logger);
  await vi.waitFor(() => expect(transport.stats().accepted).toBe(count), 15_000);
  await transport.close();
  const entries = inOrder(receiver.entries());
  expect(entries).toHaveLength(count);
  return entries;
}

const siblings: [name: string, open: () => winston.transport][] = [
  ['a file', openFile],
  ['a slow transport', () => new Slow()],
];

describe.each(siblings)('beside %s', (_name, open) => {
  it('every record carries the trace id of its own log call', async () => {
    const entries = await entriesBeside(open(), CONTEXTS * 2, (logger) =>
      Promise.all(
        Array.from({ length: CONTEXTS }, (_, n) =>
          runWithTraceId(`id-${n}`, async () => {
            logger.info('first', { n, pad: PAD });
            await sleep(5);
            logger.child({ n }).info('second', { pad: PAD });
          }),
        ),
      ),
    );
    expect(entries.filter(({ trace_id, extra }) => trace_id !== `id-${extra?.['n'] as number}`)).toEqual([]);
  });

  it('a record that was logged outside of all contexts carries none', async () => {
    const entries = await entriesBeside(open(), CONTEXTS * 2, (logger) => {
      for (let n = 0; n < CONTEXTS; n++) {
        runWithTraceId('inside', () => logger.info('inside', { pad: PAD }));
        logger.info('outside', { pad: PAD });
      }
    });
    expect(entries.filter(({ message, trace_id }) => (trace_id ?? 'outside') !== message)).toEqual([]);
  });

  it('every exc_info has the stack of its own log call', async () => {
    const entries = await entriesBeside(open(), CONTEXTS, function placeOrders(logger) {
      for (let n = 0; n < CONTEXTS; n++) logger.error('no stock', { exc_info: true, pad: PAD });
    });
    const elsewhere = entries.filter(({ stack_trace }) => !/^ {4}at placeOrders /.test(stack_trace ?? ''));
    expect(elsewhere).toEqual([]);
  });
});

it('formats that make a record anew keep it', async () => {
  const format = winston.format((info) => ({ ...info, made: 'anew' }))();
  const log = (logger: winston.Logger): void => {
    for (let n = 0; n < CONTEXTS; n++) runWithTraceId(`id-${n}`, () => logger.info(`id-${n}`));
  };
  const entries = await entriesBeside(new Slow(), CONTEXTS, log, { format });
  expect(entries.filter(({ message, trace_id }) => message !== trace_id)).toEqual([]);
});

it('a record that is logged again tells of the new log call', async () => {
  const record = { level: 'info', message: 'again', pad: PAD };
  const entries = await entriesBeside(new Slow(), 50, async (logger) => {
    for (let n = 0; n < 40; n++) runWithTraceId('first', () => logger.log(record));
    await vi.waitFor(() => expect(logger.readableLength + logger.writableLength).toBe(0));
    for (let n = 0; n < 10; n++) runWithTraceId('second', () => logger.log(record));
  });
  expect(entries.map(({ trace_id }) => trace_id)).toEqual([
    ...Array.from({ length: 40 }, () => 'first'),
    ...Array.from({ length: 10 }, () => 'second'),
  ]);
});

it('what is logged while a record is read tells of its own log call', async () => {
  const receiver = await startReceiver();
  const transport = transportTo(receiver);
  const [outer, other] = [winston.createLogger(), winston.createLogger()];
  for (const logger of [outer, other]) logger.add(transport);
  const format = winston.format((info) => {
    if (info.message === 'outer') runWithTraceId('format', () => outer.info('from the format'));
    return info;
  })();
  outer.format = format;
  // Only the transport reads it: winston's own JSON is not made.
  const read = {
    toJSON: () => runWithTraceId('getter', () => void other.info('from the getter')) ?? 'read',
  };
  runWithTraceId('outer', () => outer.info('outer', { read }));
  await transport.close();
  const traces = Object.fromEntries(
    receiver.entries().map(({ message, trace_id }) => [message, trace_id] as const),
  );
  expect(traces).toEqual({ outer: 'outer', 'from the format': 'format', 'from the getter': 'getter' });
});

function writeOf(logger: winston.Logger): (...parameters: unknown[]) => boolean {
  return Reflect.get(logger, 'write') as (...parameters: unknown[]) => boolean;
}

describe('the write of a logger', () => {
  it('is wrapped once for all transports, and is its own again when the last has left', async () => {
    const receiver = await startReceiver();
    const transports = [transportTo(receiver), transportTo(receiver)] as const;
    const logger = winston.createLogger();
    logger.add(transports[0]);
    const write = writeOf(logger);
    logger.add(transports[1]);
    expect(writeOf(logger)).toBe(write);
    logger.remove(transports[0]);
    expect(writeOf(logger)).toBe(write);
    logger.remove(transports[1]);
    expect(Object.hasOwn(logger, 'write')).toBe(false);
  });

  it('that the app has wrapped in its turn is left to it', async () => {
    const receiver = await startReceiver();
    const transport = transportTo(receiver);
    const logger = winston.createLogger({ transports: [transport] });
    const seen: unknown[] = [];
    const write = writeOf(logger);
    const wrapped = (info: unknown): boolean => seen.push(info) > 0 && write.call(logger, info);
    logger.write = wrapped;
    logger.remove(transport);
    expect(writeOf(logger)).toBe(wrapped);
    const again = transportTo(receiver);
    logger.add(again);
    expect(writeOf(logger)).toBe(wrapped);
    runWithTraceId('inside', () => logger.info('m'));
    await again.close();
    expect(seen).toHaveLength(1);
    expect(receiver.entries()).toMatchObject([{ message: 'm', trace_id: 'inside' }]);
  });

  it('is that of the parent where a child took the transport', async () => {
    const receiver = await startReceiver();
    const transport = transportTo(receiver);
    const logger = winston.createLogger();
    const child = logger.child({ r: 1 }).child({ s: 2 });
    child.add(transport);
    runWithTraceId('inside', () => child.error('m', { exc_info: true }));
    child.remove(transport);
    expect(Object.hasOwn(logger, 'write')).toBe(false);
    await transport.close();
    expect(receiver.entries()).toMatchObject([
      { trace_id: 'inside', stack_trace: expect.stringContaining('log-call.test.ts'), extra: { r: 1, s: 2 } },
    ]);
  });
});
