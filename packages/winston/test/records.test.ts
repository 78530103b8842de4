import { runWithTraceId } from '@tracehub/core-sender/trace';
import { describe, expect, it } from 'vitest';
import winston from 'winston';
import { LIMITED, RATE_LIMIT, logFlood } from '../../../test/kit/rate-limit.ts';
import { startReceiver } from '../../../test/kit/receiver.ts';
import { entriesOf, entryOf, transportTo } from './support.ts';

const { format } = winston;

describe('fields', () => {
  it('sends message and fields, and nothing twice', async () => {
    const entry = await entryOf((logger) => logger.info('placed', { order: 17, items: [{ id: 1 }] }));
    expect(entry).toMatchObject({
      level: 'INFO',
      message: 'placed',
      service: 'shop',
      environment: 'test',
      pid: process.pid,
      extra: { order: 17, items: [{ id: 1 }] },
    });
    expect(entry.extra).toEqual({ order: 17, items: [{ id: 1 }] });
  });

  it('has no extra when there is nothing left for it', async () => {
    expect(await entryOf((logger) => logger.info('bare'))).not.toHaveProperty('extra');
  });

  it('sends default metadata and what child loggers add', async () => {
    const entry = await entryOf((logger) => logger.child({ request: 'r1' }).info('hello', { a: 1 }), {
      defaultMeta: { region: 'eu' },
    });
    expect(entry.extra).toEqual({ region: 'eu', request: 'r1', a: 1 });
  });

  it('takes the module from module, else from label', async () => {
    const log = (logger: winston.Logger): void => {
      logger.info('one', { module: 'db' });
      logger.info('two');
    };
    const entries = await entriesOf(log, { format: format.label({ label: 'http' }) });
    expect(entries.map(({ module }) => module)).toEqual(['db', 'http']);
    expect(entries[0]!.extra).toEqual({ label: 'http' });
    expect(entries[1]).not.toHaveProperty('extra');
  });

  it('spreads a field extra', async () => {
    const entry = await entryOf((logger) => logger.info('x', { extra: { a: 1 }, b: 2 }));
    expect(entry.extra).toEqual({ a: 1, b: 2 });
  });

  it('takes the time from timestamp if it is one, and else keeps what it says', async () => {
    const time = new Date(Date.now() - 60_000).toISOString();
    const log = (logger: winston.Logger): void => {
      logger.info('dated', { timestamp: time });
      logger.info('clock', { timestamp: 'half past nine' });
    };
    const [dated, clock] = await entriesOf(log);
    expect(new Date(dated!.timestamp).toISOString()).toBe(time);
    expect(dated).not.toHaveProperty('extra');
    expect(Math.abs(Date.parse(clock!.timestamp) - Date.now())).toBeLessThan(5_000);
    expect(clock!.extra).toEqual({ original_timestamp: 'half past nine' });
  });

  it('reads the record in the log call: what changes later does not show', async () => {
    const user = { name: 'before' };
    const entry = await entryOf((logger) => {
      logger.info('live', { user });
      user.name = 'after';
    });
    expect(entry.extra).toEqual({ user: { name: 'before' } });
  });

  it('reads the trace id of the log call', async () => {
    const entries = await entriesOf((logger) => {
      runWithTraceId('trace-1', () => logger.info('in one'));
      runWithTraceId('trace-2', () => logger.child({ a: 1 }).info('in another'));
      logger.info('in none');
    });
    expect(entries.map((entry) => entry.trace_id)).toEqual(['trace-1', 'trace-2', undefined]);
  });
});

describe('message', () => {
  it('is what the format chain made of it', async () => {
    const entry = await entryOf((logger) => logger.info('%s bought %d', 'Ada', 3, { order: 1 }), {
      format: format.combine(format.splat(), format.simple()),
    });
    expect(entry).toMatchObject({ message: 'Ada bought 3', extra: { order: 1 } });
  });

  it('is rendered when it is no string', async () => {
    const entries = await entriesOf((logger) => {
      logger.info({ a: 1 });
      logger.info(42 as unknown as string);
      logger.log('info', undefined as unknown as string);
    });
    expect(entries.map(({ message }) => message)).toEqual(['{"a":1}', '42', '']);
  });
});

describe('errors', () => {
  class PaymentError extends Error {
    code = 'E_CARD';
  }

  const found = {
    error_type: 'PaymentError',
    error_message: 'declined',
    stack_trace: expect.stringMatching(/^(Payment)?Error: declined\n {4}at /),
  };

  it('finds the error that is the record', async () => {
    const entry = await entryOf((logger) => logger.error(new PaymentError('declined')));
    expect(entry).toMatchObject({ ...found, message: 'declined' });
    expect(entry.extra).toEqual({ error: { code: 'E_CARD' } });
  });

  it('tells what such an error has of its own from what winston and formats write into it', async () => {
    const error = new PaymentError('declined');
    const log = (logger: winston.Logger): void => {
      logger.error(error);
      logger.error(error);
    };
    const own = { code: 'E_CARD' };
    const entries = await entriesOf(log, {
      defaultMeta: { region: 'eu' },
      format: format.combine(format.label({ label: 'http' }), format.ms()),
    });
    for (const entry of entries) {
      expect(entry).toMatchObject({ ...found, module: 'http' });
      expect(entry.extra).toEqual({ error: own, region: 'eu', ms: expect.any(String) });
    }
  });

  it.each<[what: string, error: () => object, columns: object]>([
    [
      'inherits its code',
      () => new DOMException('gone', 'AbortError'),
      { error_type: 'AbortError', error_message: 'gone', extra: { error: { code: 20 } } },
    ],
    [
      'has a message that is no text',
      () => Object.assign(new PaymentError('declined'), { message: { reason: 'late' } }),
      { error_type: 'PaymentError', error_message: '{"reason":"late"}' },
    ],
    [
      'has a stack that is no text',
      () => Object.assign(new PaymentError('declined'), { stack: 7 }),
      { error_type: 'PaymentError', error_message: 'declined', extra: { error: { code: 'E_CARD' } } },
    ],
  ])('finds the error that is the record and %s', async (_what, error, columns) => {
    expect(await entryOf((logger) => logger.error(error()))).toMatchObject(columns);
  });

  it('keeps a field that has the name of a property of the error and says something else', async () => {
    const entry = await entryOf((logger) => logger.error('order failed', new PaymentError('declined')), {
      format: format((info) => Object.assign(info, { code: 17 }))(),
    });
    expect(entry.extra).toEqual({ code: 17, error: { code: 'E_CARD' } });
  });

  it('finds the error after the text, and keeps the text as it was written', async () => {
    const cause = new TypeError('no card');
    const entry = await entryOf((logger) =>
      logger.error('order failed', new PaymentError('declined', { cause })),
    );
    expect(entry).toMatchObject({ ...found, message: 'order failed' });
    expect(entry.stack_trace).toContain('Caused by: TypeError: no card');
    expect(entry.extra).toEqual({ error: { code: 'E_CARD' } });
  });

  it('finds it after the text in a child logger', async () => {
    const entry = await entryOf((logger) =>
      logger.child({ r: 1 }).error('order failed', new PaymentError('declined')),
    );
    expect(entry).toMatchObject({ ...found, message: 'order failed' });
    expect(entry.extra).toEqual({ r: 1, error: { code: 'E_CARD' } });
  });

  it('keeps the type that a child logger left in the stack', async () => {
    const entry = await entryOf((logger) =>
      logger.child({ r: 1 }).error(new TypeError('plain', { cause: new Error('why') })),
    );
    expect(entry).toMatchObject({
      message: 'plain',
      error_type: 'TypeError',
      error_message: 'plain',
      extra: { r: 1 },
    });
    expect(entry.stack_trace).toContain('Caused by: Error: why');
  });

  it.each(['err', 'error', 'exception'])('finds it in the field %s', async (key) => {
    const entry = await entryOf((logger) =>
      logger.error('order failed', { [key]: new PaymentError('declined'), n: 1 }),
    );
    expect(entry).toMatchObject({ ...found, message: 'order failed' });
    expect(entry.extra).toEqual({ n: 1, error: { code: 'E_CARD' } });
  });

  it('finds it as the message, with and without format.errors', async () => {
    const log = (logger: winston.Logger): void => {
      logger.log({ level: 'error', message: new PaymentError('declined') as unknown as string });
    };
    for (const shape of [format.json(), format.errors({ stack: true, cause: true })]) {
      const entry = await entryOf(log, { format: shape });
      expect(entry).toMatchObject({
        message: 'declined',
        error_message: 'declined',
        stack_trace: found.stack_trace,
      });
      expect(entry.extra).not.toHaveProperty('stack');
    }
  });

  it('finds it deep in the fields, where it also stays', async () => {
    const entry = await entryOf((logger) =>
      logger.warn('retrying', { jobs: [{ id: 1, reason: new PaymentError('declined') }] }),
    );
    expect(entry).toMatchObject({
      ...found,
      message: 'retrying',
      extra: { jobs: [{ id: 1, reason: { message: 'declined', code: 'E_CARD' } }] },
    });
  });

  it('finds it among several arguments that format.splat has merged', async () => {
    const entry = await entryOf(
      (logger) => logger.error('order failed', new TypeError('declined'), { a: 1 }),
      {
        format: format.splat(),
      },
    );
    expect(entry).toMatchObject({
      message: 'order failed',
      error_type: 'TypeError',
      error_message: 'declined',
    });
    expect(entry.extra).toEqual({ a: 1 });
  });

  it('shortens a stack that %s put into the text', async () => {
    const entry = await entryOf((logger) => logger.error('failed: %s', new TypeError('declined')), {
      format: format.splat(),
    });
    expect(entry).toMatchObject({ message: 'failed: TypeError: declined', error_type: 'TypeError' });
  });

  it('writes the members of an AggregateError', async () => {
    const entry = await entryOf((logger) =>
      logger.error(new AggregateError([new Error('first'), new Error('second')], 'both')),
    );
    expect(entry).toMatchObject({ message: 'both', error_type: 'AggregateError' });
    expect(entry.stack_trace).toMatch(/Error 1 of 2: Error: first[^]*Error 2 of 2: Error: second/);
  });

  it('leaves a stack alone that is no stack of calls', async () => {
    const entry = await entryOf((logger) => logger.info('ours', { stack: 'mean' }));
    expect(entry.extra).toEqual({ stack: 'mean' });
    expect(entry).not.toHaveProperty('error_type');
  });
});

describe('redact', () => {
  const stack = 'TypeError: hunter2\n    at pay (/app/pay.js:1:2)';

  it('takes all of an error that only the text of the stack told', async () => {
    const log = (logger: winston.Logger): void => void logger.log({ level: 'error', message: 'm', stack });
    const entry = await entryOf(log, {}, { redact: ['stack'] });
    expect(entry.message).toBe('m');
    expect(JSON.stringify(entry)).not.toMatch(/hunter2|TypeError/);
  });

  it('leaves the columns of such an error to the paths that name them', async () => {
    const log = (logger: winston.Logger): void => void logger.log({ level: 'error', message: 'm', stack });
    expect(await entryOf(log, {}, { redact: ['err.message'] })).toMatchObject({
      error_type: 'TypeError',
      error_message: '[REDACTED]',
      stack_trace: expect.stringContaining('at pay'),
    });
  });

  it('holds a message that is an object against the paths', async () => {
    const log = (logger: winston.Logger): void =>
      void logger.error({ user: { password: 'hunter2', id: 7 } } as never);
    expect(await entryOf(log, {}, { redact: ['user.password'] })).toMatchObject({
      message: '{"user":{"password":"[REDACTED]","id":7}}',
    });
  });
});

describe('exc_info', () => {
  const CALLED_HERE = /^ {4}at placeOrder \(.*records\.test\.ts:\d+\) \[\d+:\d+\]\n/;

  it.each<[how: string, log: (logger: winston.Logger) => void]>([
    ['a level method', (logger) => logger.error('no stock', { exc_info: true })],
    ['log', (logger) => logger.log('warn', 'no stock', { exc_info: true })],
    ['log with one object', (logger) => logger.log({ level: 'info', message: 'no stock', exc_info: true })],
    ['a child logger', (logger) => logger.child({ r: 1 }).error('no stock', { exc_info: true })],
  ])("takes the stack of the app's call of %s", async (_how, log) => {
    const entry = await entryOf(function placeOrder(logger) {
      log(logger);
    });
    const [first, ...rest] = entry.stack_trace!.split('\n');
    expect(first).toMatch(/^ {4}at .*records\.test\.ts:\d+\) \[\d+:\d+\]$/);
    expect(rest.join('\n')).toMatch(CALLED_HERE);
    expect(entry.message).toBe('no stock');
    expect(entry).not.toHaveProperty('error_type');
    expect(entry.extra ?? {}).not.toHaveProperty('exc_info');
  });

  it('is only consumed where there is an error, and when it is false', async () => {
    const entries = await entriesOf((logger) => {
      logger.error('failed', new TypeError('declined'), { exc_info: true });
      logger.error('failed', { err: new TypeError('declined'), exc_info: true });
      logger.error('failed', { exc_info: false });
    });
    expect(entries.map((entry) => entry.stack_trace?.split('\n')[0])).toEqual([
      'TypeError: declined',
      'TypeError: declined',
      undefined,
    ]);
    for (const { extra } of entries) expect(extra ?? {}).not.toHaveProperty('exc_info');
  });
});

it('limits the rate per level, and says what it left out', async () => {
  const receiver = await startReceiver();
  const transport = transportTo(receiver, { rateLimit: RATE_LIMIT });
  const logger = winston.createLogger({ transports: [transport] });
  const seen = logFlood(
    (level, message) => logger.log(level, message),
    transport,
    () => receiver.entries(),
  );
  expect(await seen).toEqual(LIMITED);
});
