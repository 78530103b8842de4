import { hostname } from 'node:os';
import { runWithTraceId } from '@tracehub/core-sender/trace';
import bunyan from 'bunyan';
import { describe, expect, it } from 'vitest';
import { LIMITED, RATE_LIMIT, logFlood } from '../../../test/kit/rate-limit.ts';
import { startReceiver } from '../../../test/kit/receiver.ts';
import { entriesOf, entryOf, entryTo } from './support.ts';

describe('levels', () => {
  it('maps the numbers of bunyan, and custom ones by threshold', async () => {
    const entries = await entriesOf((logger, stream) => {
      logger.trace('trace');
      logger.debug('debug');
      logger.info('info');
      logger.warn('warn');
      logger.error('error');
      logger.fatal('fatal');
      stream.write({ level: 35, msg: 'custom' });
      stream.write({ level: 70, msg: 'above' });
      stream.write({ level: 'warn', msg: 'name' });
      stream.write({ level: Number.NaN, msg: 'none' });
    });
    expect(entries.map(({ message, level }) => [message, level])).toEqual([
      ['trace', 'DEBUG'],
      ['debug', 'DEBUG'],
      ['info', 'INFO'],
      ['warn', 'WARN'],
      ['error', 'ERROR'],
      ['fatal', 'FATAL'],
      ['custom', 'INFO'],
      ['above', 'FATAL'],
      ['name', 'WARN'],
      ['none', 'INFO'],
    ]);
    expect(entries[2]).not.toHaveProperty('extra');
    expect(entries[6]!.extra).toEqual({ level: 35 });
  });
});

describe('fields', () => {
  it('sends message and fields, and nothing twice', async () => {
    const entry = await entryOf((logger) =>
      logger.info({ order: 17, items: [{ id: 1 }] }, '%s placed', 'order'),
    );
    expect(entry).toMatchObject({
      message: 'order placed',
      host: hostname(),
      pid: process.pid,
      module: 'app',
    });
    expect(entry.extra).toEqual({ order: 17, items: [{ id: 1 }] });
  });

  it('takes host and process from the record', async () => {
    const entry = await entryOf((logger) => logger.info('x'), { hostname: 'elsewhere', pid: 7 });
    expect(entry).toMatchObject({ host: 'elsewhere', pid: 7 });
    expect(entry).not.toHaveProperty('extra');
  });

  it('takes the module from module, else component, else name', async () => {
    const entries = await entriesOf((logger) => {
      logger.child({ component: 'db' }).info('one');
      logger.child({ component: 'db', module: 'pool' }).info('two');
      logger.info('three');
    });
    expect(entries.map(({ module }) => module)).toEqual(['db', 'pool', 'app']);
    expect(entries[1]!.extra).toEqual({ name: 'app', component: 'db' });
  });

  it('keeps src in extra', async () => {
    const entry = await entryOf((logger) => logger.info('x'), { src: true });
    expect(Object.keys(entry.extra!)).toEqual(['src']);
  });

  it("takes the record's own time", async () => {
    const time = new Date(Date.now() - 60_000);
    const entry = await entryOf((logger) => logger.info({ time }, 'x'));
    expect(new Date(entry.timestamp)).toEqual(time);
  });

  it('reads the record in the log call: what changes later does not show', async () => {
    const user = { name: 'before' };
    const entry = await entryOf((logger) => {
      logger.info({ user }, 'live');
      user.name = 'after';
    });
    expect(entry.extra).toEqual({ user: { name: 'before' } });
  });

  it('reads the trace id of the log call', async () => {
    const entries = await entriesOf((logger) => {
      runWithTraceId('trace-1', () => logger.info('in one'));
      logger.info('in none');
    });
    expect(entries.map((entry) => entry.trace_id)).toEqual(['trace-1', undefined]);
  });
});

describe('errors', () => {
  const found = {
    error_type: 'TypeError',
    error_message: 'declined',
    stack_trace: expect.stringMatching(/^TypeError: declined\n {4}at /),
  };

  it('takes the error that bunyan has serialised', async () => {
    const entry = await entryOf((logger) => logger.error(new TypeError('declined'), 'order failed'));
    expect(entry).toMatchObject({ ...found, level: 'ERROR', message: 'order failed' });
  });

  it('takes an error without a serialiser, with its cause and own fields', async () => {
    const err = Object.assign(new TypeError('declined', { cause: new Error('no card') }), { code: 'E_CARD' });
    const entry = await entryOf((logger) => logger.error({ err, order: 1 }, 'order failed'));
    expect(entry).toMatchObject({
      ...found,
      message: 'order failed',
      extra: { order: 1, error: { code: 'E_CARD' } },
    });
    expect(entry.extra).not.toHaveProperty('err');
    expect(entry.stack_trace).toContain('Caused by: Error: no card');
  });

  it('takes an error with the standard serialisers', async () => {
    const entry = await entryOf((logger) => logger.error({ err: new TypeError('declined') }), {
      serializers: bunyan.stdSerializers,
    });
    expect(entry).toMatchObject({ ...found, message: 'declined' });
  });

  it.each(['error', 'exception'])('takes an error in the field %s', async (key) => {
    const entry = await entryOf((logger) =>
      logger.error({ [key]: new TypeError('declined') }, 'order failed'),
    );
    expect(entry).toMatchObject({ ...found, message: 'order failed' });
    expect(entry).not.toHaveProperty('extra');
  });

  it('takes an error nested and in an array, where it also stays', async () => {
    const entries = await entriesOf((logger) => {
      logger.error({ ctx: { cause: new TypeError('declined') } }, 'nested');
      logger.error({ jobs: [{ reason: new TypeError('declined') }] }, 'in an array');
    });
    expect(entries.map(({ message }) => message)).toEqual(['nested', 'in an array']);
    for (const entry of entries) expect(entry).toMatchObject(found);
    expect(entries[0]!.extra).toMatchObject({ ctx: { cause: { type: 'TypeError', message: 'declined' } } });
  });
});

describe('exc_info', () => {
  it("takes the stack of the app's call", async () => {
    const entries = await entriesOf(function placeOrder(logger) {
      logger.error({ exc_info: true }, 'no stock');
      logger.child({ r: 1 }).info({ exc_info: true, n: 2 }, 'no stock');
    });
    for (const entry of entries) {
      expect(entry.stack_trace).toMatch(/^ {4}at placeOrder \(.*records\.test\.ts:\d+\) \[\d+:\d+\]\n/);
      expect(entry).not.toHaveProperty('error_type');
    }
    expect(entries.map(({ extra }) => extra)).toEqual([undefined, { r: 1, n: 2 }]);
  });

  it('is only consumed where there is an error, and when it is false', async () => {
    const entries = await entriesOf((logger) => {
      logger.error({ err: new TypeError('declined'), exc_info: true }, 'failed');
      logger.error({ exc_info: false }, 'failed');
    });
    expect(entries.map((entry) => entry.stack_trace?.split('\n')[0])).toEqual([
      'TypeError: declined',
      undefined,
    ]);
    for (const { extra } of entries) expect(extra ?? {}).not.toHaveProperty('exc_info');
  });
});

it('limits the rate per level, and says what it left out', async () => {
  const receiver = await startReceiver();
  const entry = entryTo(receiver, { rateLimit: RATE_LIMIT });
  const logger = bunyan.createLogger({ name: 'app', streams: [entry] });
  const seen = logFlood(
    (level, message) => logger[level](message),
    entry.stream,
    () => receiver.entries(),
  );
  expect(await seen).toEqual(LIMITED);
});
