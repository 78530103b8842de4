import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { TraceHubConfigError } from '@tracehub/core-sender';
import { runWithTraceId } from '@tracehub/core-sender/trace';
import pino from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { afterTest } from '../../../test/kit/after-test.ts';
import { isOwnReport } from '../../../test/kit/entry-validator.ts';
import { startReceiver } from '../../../test/kit/receiver.ts';
import { senderOptions } from '../../../test/kit/sender-options.ts';
import traceHubTarget, { traceHubStream, traceMixin } from '../src/index.ts';
import { SDK_VERSION } from '../src/version.ts';
import { flushed, inOrder, streamTo } from './support.ts';

it('has the version of its package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(SDK_VERSION).toBe(`pino/${version}`);
});

describe('traceHubStream', () => {
  it('throws for options that cannot be used', () => {
    expect(() => traceHubStream({ ...senderOptions('http://127.0.0.1:9'), batchSize: -1 })).toThrow(
      TraceHubConfigError,
    );
    expect(() => traceHubStream({ ...senderOptions('http://127.0.0.1:9'), level: 'loud' })).toThrow(
      /option level/,
    );
  });

  it('delivers in the same thread', async () => {
    const receiver = await startReceiver();
    const stream = streamTo(receiver);
    const logger = pino({ name: 'billing' }, stream);
    logger.info({ a: 1 }, 'one');
    logger.error(new Error('two'));
    await flushed(logger);
    expect(inOrder(receiver.entries())).toMatchObject([
      { level: 'INFO', message: 'one', module: 'billing', thread_id: 'main', extra: { a: 1 } },
      { level: 'ERROR', message: 'two', error_type: 'Error' },
    ]);
    logger.info('three');
    expect(await stream.flush()).toEqual({ delivered: 3, deadLettered: 0, dropped: 0 });
    expect(stream.stats()).toMatchObject({ accepted: 3, delivered: 3 });
    expect(await stream.close()).toEqual({ delivered: 3, deadLettered: 0, dropped: 0 });
    const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    afterTest(() => warnings.mockRestore());
    logger.info('late');
    expect(stream.stats()).toMatchObject({ accepted: 4, drops: { closed: 1 } });
  });

  it('is told of messageKey, errorKey and custom levels by pino', async () => {
    const receiver = await startReceiver();
    const stream = streamTo(receiver);
    const logger = pino({ messageKey: 'text', errorKey: 'failure', customLevels: { audit: 55 } }, stream);
    logger.audit({ failure: new Error('no') }, 'x');
    await stream.flush();
    expect(receiver.entries()).toMatchObject([{ level: 'ERROR', message: 'x', error_message: 'no' }]);
  });

  it('takes messageKey, errorKey and custom levels as options', async () => {
    const receiver = await startReceiver();
    const stream = streamTo(receiver, {
      messageKey: 'text',
      errorKey: 'failure',
      customLevels: { audit: 55 },
      level: 'audit',
    });
    stream.write('{"level":"error","text":"left out"}\n');
    stream.write(
      '{"level":"audit","text":"x","failure":{"type":"Oops","message":"no","stack":"Oops: no"}}\n',
    );
    await stream.flush();
    expect(receiver.entries()).toMatchObject([
      { level: 'ERROR', message: 'x', error_type: 'Oops', error_message: 'no' },
    ]);
  });

  it('takes several lines at once', async () => {
    const receiver = await startReceiver();
    const stream = streamTo(receiver);
    stream.write('{"level":30,"msg":"a"}\n\nb\r\n{"level":30,"msg":"c"}\n');
    await stream.flush();
    expect(inOrder(receiver.entries()).map(({ message }) => message)).toEqual(['a', 'b', 'c']);
  });
});

describe('a subscriber that logs', () => {
  it('is heard in the middle of lines that are written at once', async () => {
    const receiver = await startReceiver();
    const stream = streamTo(receiver, { maxBuffer: 1_000, rateLimit: 3 });
    const listener = (): void => void stream.write('{"level":40,"msg":"a drop"}\n');
    subscribe('tracehub.entry.dropped', listener);
    afterTest(() => void unsubscribe('tracehub.entry.dropped', listener));
    const lines = Array.from({ length: 6 }, (_, n) => `{"level":30,"msg":"${n}"}\n`);
    stream.write(lines.join(''));
    await stream.flush();
    const own = inOrder(receiver.entries()).filter((entry) => !isOwnReport(entry));
    expect(own.map(({ message }) => message)).toEqual(['0', '1', '2', 'a drop', 'a drop', 'a drop']);
    expect(stream.stats()).toMatchObject({ accepted: 9, delivered: 6, dropped: 3 });
  });
});

describe('traceMixin', () => {
  it('gives the trace id of the calling context, a new object each time', () => {
    expect(traceMixin()).toEqual({});
    expect(traceMixin()).not.toBe(traceMixin());
    runWithTraceId('t-1', () => expect(traceMixin()).toEqual({ trace_id: 't-1' }));
  });

  it('puts the trace id on the lines of its context', async () => {
    const receiver = await startReceiver();
    const stream = streamTo(receiver);
    const logger = pino({ mixin: traceMixin }, stream);
    runWithTraceId('t-2', () => logger.info({ a: 1 }, 'inside'));
    logger.info('outside');
    await stream.flush();
    const [inside, outside] = inOrder(receiver.entries());
    expect(inside).toMatchObject({ trace_id: 't-2', extra: { a: 1 } });
    expect(outside).not.toHaveProperty('trace_id');
  });
});

describe('default export', () => {
  it('is a stream outside of a worker too', async () => {
    const receiver = await startReceiver();
    const stream = await traceHubTarget(senderOptions(receiver.url));
    const lines = Array.from(
      { length: 5_000 },
      (_, n) => `{"level":30,"msg":"${n} 🐢 ${'x'.repeat(40)}"}\n`,
    ).join('');
    stream.write(lines);
    await new Promise((resolve) => stream.flush(resolve));
    expect(receiver.ids().size).toBe(5_000);
    const closed = new Promise((resolve) => stream.once('close', resolve));
    stream.end('{"level":30,"msg":"last, without a line break"}');
    await closed;
    expect(receiver.ids().size).toBe(5_001);
    expect(receiver.entries().every(({ message }) => !message.includes('\uFFFD'))).toBe(true);
  });
});
