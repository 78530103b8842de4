import { hostname } from 'node:os';
import { runWithTraceId } from '@tracehub/core-sender/trace';
import { describe, expect, it } from 'vitest';
import type { Logger } from '../src/index.ts';
import { entriesOf, entryOf } from './support.ts';

describe('what is logged', () => {
  it('goes out at the level of its method', async () => {
    const entries = await entriesOf((logger) => {
      for (const level of ['debug', 'info', 'warn', 'error', 'fatal'] as const) logger[level](`at ${level}`);
    });
    expect(entries.map(({ level, message }) => [level, message])).toEqual([
      ['DEBUG', 'at debug'],
      ['INFO', 'at info'],
      ['WARN', 'at warn'],
      ['ERROR', 'at error'],
      ['FATAL', 'at fatal'],
    ]);
  });

  it('carries the process, and nothing it was not given', async () => {
    const { id, timestamp, ...rest } = await entryOf((logger) => logger.info('plain'));
    expect(id).toMatch(/^[\da-f]{16}-1$/);
    expect(Math.abs(Date.parse(timestamp) - Date.now())).toBeLessThan(60_000);
    expect(rest).toEqual({
      level: 'INFO',
      message: 'plain',
      service: 'test-service',
      environment: 'test',
      host: hostname(),
      pid: process.pid,
      thread_id: 'main',
      sdk_version: expect.stringMatching(/^logger\/\d+\.\d+\.\d+/),
    });
  });

  it('carries module and extra, and fields of other names in extra', async () => {
    const entry = await entryOf((logger) =>
      logger.info('placed', { module: 'orders', extra: { order: 17 }, user: 7 } as object),
    );
    expect(entry).toMatchObject({ module: 'orders', extra: { order: 17, user: 7 } });
  });

  it.each([['text'], [42], [['a', 'b']], [true]])('keeps details that are no object: %j', async (details) => {
    const entry = await entryOf((logger) => logger.info('x', details as never));
    expect(entry.extra).toEqual({ extra: details });
  });

  it('takes a plain object with words of an error for what it is', async () => {
    const entry = await entryOf((logger) =>
      logger.error('x', { message: 'deploy', stack: 'heroku-22' } as object),
    );
    expect(entry.extra).toEqual({ message: 'deploy', stack: 'heroku-22' });
    expect(entry).not.toHaveProperty('error_type');
  });

  it('takes extra of any object type', async () => {
    interface Order {
      order: number;
    }
    const extra: Order = { order: 17 };
    expect((await entryOf((logger) => logger.info('placed', { extra }))).extra).toEqual({ order: 17 });
  });

  it('takes null for no details', async () => {
    const entry = await entryOf((logger) => logger.info('x', null as never));
    expect(entry).not.toHaveProperty('extra');
  });

  it('is read in the log call: what changes later does not show', async () => {
    const extra = { state: 'before' };
    const entry = await entryOf((logger) => {
      logger.info('live', { extra });
      extra.state = 'after';
    });
    expect(entry.extra).toEqual({ state: 'before' });
  });

  it('carries the trace id of its context', async () => {
    const entries = await entriesOf((logger) => {
      runWithTraceId('trace-1', () => logger.child({ module: 'm' }).info('inside'));
      logger.info('outside');
    });
    expect(entries.map(({ trace_id }) => trace_id)).toEqual(['trace-1', undefined]);
  });
});

describe('errors', () => {
  const failed = (): Error =>
    Object.assign(new TypeError('declined', { cause: new Error('no card') }), { code: 'E_CARD' });
  const columns = {
    error_type: 'TypeError',
    error_message: 'declined',
    stack_trace: expect.stringMatching(/^TypeError: declined\n {4}at failed [^]*Caused by: Error: no card\n/),
    extra: { error: { code: 'E_CARD' } },
  };

  it.each<[string, (logger: Logger) => void]>([
    ['exception', (logger) => logger.error('order failed', { exception: failed() })],
    ['excInfo', (logger) => logger.error('order failed', { excInfo: failed() })],
    [
      'exception with excInfo',
      (logger) => logger.error('order failed', { exception: failed(), excInfo: true }),
    ],
    ['err, as other loggers call it', (logger) => logger.error('order failed', { err: failed() } as object)],
    ['the second argument', (logger) => logger.error('order failed', failed())],
  ])('are taken from %s', async (_, log) => {
    expect(await entryOf(log)).toMatchObject({ ...columns, level: 'ERROR', message: 'order failed' });
  });

  it('are taken from the message', async () => {
    expect(await entryOf((logger) => logger.fatal(failed()))).toMatchObject({
      ...columns,
      level: 'FATAL',
      message: 'declined',
    });
  });

  it('give way to what is said of them explicitly', async () => {
    const entry = await entryOf((logger) =>
      logger.error('order failed', {
        exception: failed(),
        excInfo: true,
        errorType: 'Declined',
        errorMessage: 'by the bank',
        stackTrace: 'somewhere',
      }),
    );
    expect(entry).toMatchObject({
      error_type: 'Declined',
      error_message: 'by the bank',
      stack_trace: 'somewhere',
      extra: { error: { code: 'E_CARD' } },
    });
  });

  it('thrown values that are no errors stay in extra', async () => {
    const entry = await entryOf((logger) => logger.error('failed', { exception: 'a string' }));
    expect(entry.extra).toEqual({ exception: 'a string' });
    expect(entry).not.toHaveProperty('error_type');
  });
});

describe('fields in the words of the Python SDK', () => {
  const given = { error_type: 'Declined', error_message: 'by the bank', stack_trace: 'in the till' };

  it('count as those in camelCase, which win', async () => {
    const entries = await entriesOf((logger) => {
      logger.error('order failed', given as object);
      logger.error('order failed', {
        ...given,
        errorType: 'T',
        errorMessage: 'M',
        stackTrace: 'S',
      } as object);
    });
    expect(entries).toMatchObject([given, { error_type: 'T', error_message: 'M', stack_trace: 'S' }]);
    for (const entry of entries) expect(entry).not.toHaveProperty('extra');
  });

  it('exc_info takes the stack of the call, or is the error', async () => {
    const entries = await entriesOf(function caller(logger) {
      logger.error('slow', { exc_info: true } as object);
      logger.error('failed', { exc_info: new TypeError('declined') } as object);
    });
    expect(entries).toMatchObject([
      { stack_trace: expect.stringMatching(/^ {4}at caller \(.*records\.test\.ts:\d+\)/) },
      { error_type: 'TypeError', error_message: 'declined' },
    ]);
    for (const entry of entries) expect(entry).not.toHaveProperty('extra');
  });
});

describe('redact', () => {
  const SECRET = 'hunter2';

  it.each([
    ['in camelCase', ['errorType', 'errorMessage', 'stackTrace']],
    ['in the words of the server', ['error_type', 'error_message', 'stack_trace']],
  ])('names the columns %s', async (_words, redact) => {
    const error = Object.assign(new Error(SECRET), { name: SECRET });
    const log = (logger: Logger): void => {
      logger.error('m', { errorType: SECRET, errorMessage: SECRET, stackTrace: SECRET });
      logger.error('m', { exception: error });
      logger.error('m', error);
      logger.error('m', { excInfo: true });
    };
    const entries = await entriesOf(log, { redact });
    expect(JSON.stringify(entries)).not.toContain(SECRET);
    const columns = entries.map(({ error_type, error_message, stack_trace }) => [
      error_type,
      error_message,
      stack_trace,
    ]);
    const gone = '[REDACTED]';
    expect(columns[0]).toEqual([gone, gone, gone]);
    expect(columns.slice(1, 3).map((column) => column.slice(0, 2))).toEqual([
      [gone, gone],
      [gone, gone],
    ]);
    expect(columns[3]).toEqual([undefined, undefined, gone]);
  });

  it('names an error by the key it was given under', async () => {
    const log = (logger: Logger): void =>
      logger.error('m', { excInfo: Object.assign(new Error('m'), { token: SECRET }) });
    const entry = await entryOf(log, { redact: ['excInfo.token'] });
    expect(entry.extra).toEqual({ error: { token: '[REDACTED]' } });
  });

  it('names the members of a message that is an object', async () => {
    const log = (logger: Logger): void => logger.error({ user: { password: SECRET, id: 7 } });
    expect(await entryOf(log, { redact: ['user.password'] })).toMatchObject({
      message: '{"user":{"password":"[REDACTED]","id":7}}',
    });
  });
});

describe('excInfo: true', () => {
  function caller(logger: Logger): void {
    logger.warn('slow', { excInfo: true });
  }

  it('captures the stack of the call, from the line of the app on', async () => {
    const entry = await entryOf(caller);
    expect(entry.stack_trace).toMatch(/^ {4}at caller \(.*records\.test\.ts:\d+\) \[\d+:\d+\]\n/);
    expect(entry).not.toHaveProperty('error_type');
    expect(entry).not.toHaveProperty('extra');
  });

  it('does so in a child too', async () => {
    const entry = await entryOf((logger) => caller(logger.child({ module: 'm' })));
    expect(entry.stack_trace).toMatch(/^ {4}at caller /);
  });

  it.each(['debug', 'info'] as const)(
    'does so at %s beside an error that is only looked for from WARN on',
    async (level) => {
      const entry = await entryOf((logger) =>
        logger[level]('slow', { excInfo: true, extra: { jobs: [{ reason: new Error('late') }] } }),
      );
      expect(entry.stack_trace).toContain('records.test.ts');
      expect(entry).not.toHaveProperty('error_type');
    },
  );

  it('captures nothing where the error of the record has a stack', async () => {
    const entry = await entryOf((logger) =>
      logger.warn('slow', { excInfo: true, extra: { reason: new TypeError('late') } }),
    );
    expect(entry).toMatchObject({
      error_type: 'TypeError',
      stack_trace: expect.stringContaining('TypeError: late\n'),
    });
  });

  it('false captures nothing and leaves nothing', async () => {
    const entry = await entryOf((logger) => logger.warn('slow', { excInfo: false }));
    expect(entry).not.toHaveProperty('stack_trace');
    expect(entry).not.toHaveProperty('extra');
  });
});

describe('child', () => {
  it('has a module of its own, which a call can override', async () => {
    const entries = await entriesOf((logger) => {
      const cart = logger.child({ module: 'cart' });
      const prices = cart.child({ module: 'prices' });
      logger.info('one');
      cart.info('two');
      prices.info('three');
      prices.info('four', { module: 'tax' });
      prices.error('five', new Error('no price'));
      cart.info('six', { module: undefined as never });
    });
    expect(entries.map(({ module }) => module)).toEqual([
      undefined,
      'cart',
      'prices',
      'tax',
      'prices',
      'cart',
    ]);
  });

  it('shares counts and end with its parent', async () => {
    const entries = await entriesOf((logger) => {
      const child = logger.child({ module: 'cart' });
      logger.info('one');
      child.info('two');
      expect(child.stats()).toEqual(logger.stats());
      expect(logger.stats()).toMatchObject({ accepted: 2 });
      void child.close();
      logger.info('late');
      expect(logger.stats()).toMatchObject({ accepted: 3, drops: { closed: 1 } });
    });
    expect(entries.map(({ message }) => message)).toEqual(['one', 'two']);
  });
});
