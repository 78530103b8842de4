import vm from 'node:vm';
import { type Entry, errorToJson } from '@tracehub/core-sender';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { afterTest } from '../../../test/kit/after-test.ts';
import { HARMLESS, corpusCases, logHostile } from '../../../test/kit/hostile-run.ts';
import { watchLedger } from '../../../test/kit/ledger-check.ts';
import { makePinoMixinPair } from '../../../test/kit/pairs/pino.ts';
import { LIMITED, RATE_LIMIT, logFlood } from '../../../test/kit/rate-limit.ts';
import { startReceiver } from '../../../test/kit/receiver.ts';
import { traceMixin } from '../src/index.ts';
import { inOrder, streamTo, transportTo } from './support.ts';

function failed(message = 'declined'): Error {
  return Object.assign(new TypeError(message), { code: 'E_CARD' });
}

const found = {
  error_type: 'TypeError',
  error_message: 'declined',
  stack_trace: expect.stringMatching(
    /^TypeError: declined\n {4}at failed \(.*error-mixin\.test\.ts:\d+\) \[/,
  ) as unknown,
};

const CALLED_HERE = /^ {4}at placeOrder \(.*error-mixin\.test\.ts:\d+\) \[\d+:\d+\]\n/;

/** Every test is run with the sender in this thread and in pino's worker. */
const places = { traceHubStream: streamTo, traceHubTransport: transportTo };

describe.each(Object.entries(places))('%s', (_place, open) => {
  /** The entries that come of what `log` does with a logger, in the order in which it was logged. */
  async function entriesOf<Levels extends string = never>(
    log: (logger: pino.Logger<Levels>) => void,
    config: pino.LoggerOptions<Levels> = {},
  ): Promise<Entry[]> {
    const receiver = await startReceiver();
    const destination = open(receiver);
    log(pino({ base: null, mixin: traceMixin, ...config }, destination));
    await destination.flush();
    return inOrder(receiver.entries());
  }

  it('takes an error wherever it stands', async () => {
    const entries = await entriesOf((logger) => {
      logger.error(failed());
      logger.error(failed(), 'text');
      logger.info({ err: failed() }, 'text');
      logger.info({ error: failed() }, 'text');
      logger.info({ exception: failed() }, 'text');
      logger.warn({ ctx: { cause: failed() } }, 'text');
      logger.error({ jobs: [{ id: 1, reason: failed() }] }, 'text');
      logger.error([failed()], 'text');
    });
    expect(entries.map(({ message }) => message)).toEqual(['declined', ...Array(7).fill('text')]);
    for (const entry of entries)
      expect(entry).toMatchObject({ ...found, extra: { error: { code: 'E_CARD' } } });
    for (const { extra } of entries.slice(0, 5)) expect(Object.keys(extra!)).toEqual(['error']);
  });

  it('takes an error of another realm, which pino takes for a record', async () => {
    const foreign = vm.runInNewContext('new RangeError("far")') as Error;
    const [entry] = await entriesOf((logger) => logger.error(foreign));
    expect(entry).toMatchObject({ message: 'far', error_type: 'RangeError', error_message: 'far' });
    expect(entry!.stack_trace).toContain('evalmachine.<anonymous>');
  });

  it('writes an error that pino itself cannot, wherever it stands', async () => {
    const refuse = (): never => {
      throw new Error('no');
    };
    const throwing = (key: string): Error =>
      Object.defineProperty(failed(), key, { get: refuse, enumerable: key === 'own' });
    const errors = [
      Object.freeze(failed()),
      Object.freeze(Object.assign(failed(), { cause: Object.freeze(new RangeError('limit is 3')) })),
      Object.assign(failed(), { errors: [Object.freeze(new RangeError('limit is 3'))] }),
      ...['stack', 'message', 'name', 'cause', 'errors', 'constructor', 'own'].map(throwing),
      Object.assign(failed(), { stack: 7 }),
      Object.assign(failed(), { message: { reason: 'late' } }),
      vm.runInNewContext(
        'Object.freeze(Object.assign(new TypeError("declined"), { code: "E_CARD" }))',
      ) as Error,
    ];
    const entries = await entriesOf((logger) => {
      for (const error of errors) {
        logger.error({ error }, 'text');
        logger.warn({ ctx: [error] }, 'text');
      }
    });
    expect(entries).toHaveLength(2 * errors.length);
    for (const [index, entry] of entries.entries()) {
      const error = errors[Math.floor(index / 2)]!;
      const { type, message } = errorToJson(error) as { type: string; message: string };
      expect(entry).toMatchObject({ message: 'text', error_type: type, error_message: message });
      expect(entry.error_type).toMatch(/^(?:Type)?Error$/);
      expect(JSON.stringify(entry.extra)).toContain('"code":"E_CARD"');
    }
    expect(entries[2]!.stack_trace).toContain('\nCaused by: RangeError: limit is 3\n');
    expect(entries[4]!.stack_trace).toContain('\nError 1 of 1: RangeError: limit is 3\n');
  });

  it('leaves it under the errorKey of the logger', async () => {
    const config = { errorKey: 'failure' };
    const entries = await entriesOf((logger) => {
      logger.error(failed());
      logger.error({ failure: failed(), ctx: { cause: new Error('not this one') } }, 'text');
      logger.child({ r: 1 }).error({ exception: failed() }, 'text');
    }, config);
    for (const entry of entries) expect(entry).toMatchObject(found);
    expect(entries[2]!.extra).toEqual({ r: 1, error: { code: 'E_CARD' } });
  });

  it('keeps what a field of that name says beside the error', async () => {
    const [entry] = await entriesOf((logger) => logger.error({ err: failed(), error: { step: 3 } }, 'text'));
    expect(entry).toMatchObject({
      ...found,
      extra: { error: { step: 3 }, tracehub_error: { code: 'E_CARD' } },
    });
  });

  it("takes the stack of the app's call for exc_info", async () => {
    const entries = await entriesOf(
      function placeOrder(logger) {
        logger.error({ exc_info: true }, 'no stock');
        logger.child({ r: 1 }, { level: 'trace' }).trace({ exc_info: true }, 'no stock');
        logger.audit({ exc_info: true }, 'no stock');
        logger.fatal({ exc_info: true }, 'no stock');
        const { warn } = logger;
        warn.call(logger, { exc_info: true }, 'no stock');
      },
      { customLevels: { audit: 55 } },
    );
    expect(entries).toHaveLength(5);
    for (const entry of entries) {
      expect(entry.stack_trace).toMatch(CALLED_HERE);
      expect(entry).not.toHaveProperty('error_type');
      expect(entry.extra ?? {}).not.toHaveProperty('exc_info');
    }
  });

  it('takes it from above an instrumented level method', async () => {
    const [entry] = await entriesOf(function placeOrder(logger) {
      const { info } = logger;
      logger.info = function instrumented(...given: Parameters<typeof info>) {
        info.apply(logger, given);
      };
      logger.info({ exc_info: true }, 'no stock');
    });
    expect(entry!.stack_trace).toMatch(CALLED_HERE);
  });

  it('takes it also where the level method cannot be found', async () => {
    const [entry] = await entriesOf(function placeOrder(logger) {
      const { info } = logger;
      Object.defineProperty(logger, 'info', { value: () => {} });
      info.call(logger, { exc_info: true }, 'no stock');
    });
    expect(entry!.stack_trace).toMatch(CALLED_HERE);
  });

  it('only consumes exc_info where there is an error or a stack, and when it is false', async () => {
    const entries = await entriesOf((logger) => {
      logger.error({ exc_info: true, err: failed() }, 'text');
      logger.error({ exc_info: true, ctx: { cause: failed() } }, 'text');
      logger.error({ exc_info: true, stack_trace: 'mine' }, 'text');
      logger.error({ exc_info: false }, 'text');
    });
    expect(entries.map((entry) => entry.stack_trace?.split('\n')[0])).toEqual([
      'TypeError: declined',
      'TypeError: declined',
      'mine',
      undefined,
    ]);
    for (const { extra } of entries) expect(extra ?? {}).not.toHaveProperty('exc_info');
  });

  it('without the mixin has neither, and exc_info is consumed all the same', async () => {
    const entries = await entriesOf(
      (logger) => {
        logger.error({ exc_info: true }, 'text');
        logger.error({ ctx: { cause: failed() } }, 'text');
        logger.error({ err: failed() }, 'text');
      },
      { mixin: () => ({}) },
    );
    expect(entries.map((entry) => entry.error_type)).toEqual([undefined, undefined, 'TypeError']);
    expect(entries[0]).not.toHaveProperty('stack_trace');
    expect(entries[0]).not.toHaveProperty('extra');
  });
});

describe("the app's own redact and serializers", () => {
  /** What pino writes with the mixin. */
  function lineOf(config: pino.LoggerOptions, log: (logger: pino.Logger) => void): string {
    let written = '';
    log(pino({ mixin: traceMixin, ...config }, { write: (line) => void (written += line) }));
    return written;
  }
  const secret = (): Error => Object.assign(failed('hunter2'), { password: 'hunter2' });
  const short = (error: Error): object => ({ type: error.name });

  it.each<[what: string, config: pino.LoggerOptions, log: (logger: pino.Logger) => void]>([
    [
      'redact of its field',
      { redact: ['error.password'] },
      (logger) => logger.error({ error: secret() }, 'm'),
    ],
    ['redact of all of its field', { redact: ['error'] }, (logger) => logger.error({ error: secret() }, 'm')],
    [
      'redact deeper',
      { redact: ['ctx.e.password'] },
      (logger) => logger.error({ ctx: { e: secret() } }, 'm'),
    ],
    [
      'redact with a wildcard',
      { redact: ['*.password'] },
      (logger) => logger.error({ exception: secret() }, 'm'),
    ],
    ['a serialiser', { serializers: { error: short } }, (logger) => logger.error({ error: secret() }, 'm')],
    [
      'a serialiser of a child',
      {},
      (logger) => logger.child({}, { serializers: { ctx: () => 'ctx' } }).error({ ctx: [secret()] }, 'm'),
    ],
    [
      'redact of an error that pino takes for a record',
      { redact: ['password'] },
      (logger) =>
        logger.error(vm.runInNewContext('Object.assign(new Error("m"), { password: "hunter2" })') as Error),
    ],
  ])('decide alone what is written of an error: %s', (_what, config, log) => {
    const line = lineOf(config, log);
    expect(line).toContain('"level":50');
    expect(line).not.toContain('hunter2');
    expect(line).not.toContain('"err":');
  });

  it('of other fields leave the mixin alone', () => {
    const config = { redact: ['user.password'], serializers: { user: () => 'u' } };
    expect(lineOf(config, (logger) => logger.error({ error: failed(), user: {} }, 'm'))).toContain(
      '"err":{"type":"TypeError","message":"declined"',
    );
  });

  it('that throw on an error leave the record without it', () => {
    const refuse = (): never => {
      throw new Error('no');
    };
    const line = lineOf({ serializers: { err: refuse } }, (logger) => logger.error({ error: failed() }, 'm'));
    expect(JSON.parse(line)).toMatchObject({ level: 50, msg: 'm' });
    expect(line).not.toContain('"err":');
  });

  it.each<[level: 'info' | 'error', fields: object]>([
    ['info', { message: 'deploy', stack: 'heroku-22' }],
    ['error', { message: 'deploy', stack: 'heroku-22' }],
    ['error', { deploy: { message: 'deploy', stack: 'heroku-22' } }],
  ])('words of an error are none: %s %j', (level, fields) => {
    expect(lineOf({}, (logger) => logger[level](fields, 'm'))).not.toContain('"err":');
  });
});

describe('traceMixin', () => {
  it('makes no log call throw that a pino without it would take', { timeout: 60_000 }, async () => {
    const receiver = await startReceiver();
    const pair = makePinoMixinPair(receiver.url);
    watchLedger('pino with the mixin', pair);
    afterTest(async () => void (await pair.close()));
    expect(await logHostile(pair, receiver, corpusCases(pair))).toEqual(HARMLESS);
  });

  it('never throws', () => {
    const refuse = (): never => {
      throw new Error('no');
    };
    const hostile = new Proxy({}, { get: refuse, ownKeys: refuse, getOwnPropertyDescriptor: refuse });
    expect(traceMixin(hostile, 50, pino())).toEqual({});
    expect(traceMixin({ exc_info: true }, 50, hostile)).toEqual({});
  });
});

describe('the option rateLimit', () => {
  it('limits per level, and says what it left out', async () => {
    const receiver = await startReceiver();
    const stream = streamTo(receiver, { rateLimit: RATE_LIMIT });
    const logger = pino(stream);
    const seen = logFlood(
      (level, message) => logger[level](message),
      stream,
      () => receiver.entries(),
    );
    expect(await seen).toEqual(LIMITED);
  });

  it('reaches the worker', async () => {
    const receiver = await startReceiver();
    const transport = transportTo(receiver, { rateLimit: 1 });
    const logger = pino(transport);
    for (let n = 1; n <= 200; n++) logger.info(`info ${n}`);
    const { delivered, dropped } = await transport.flush();
    // One a second: how many that is depends on how long the worker took.
    expect(delivered).toBeLessThan(100);
    expect(delivered + dropped).toBe(200);
    expect(transport.stats()).toMatchObject({ accepted: 200, delivered, drops: { 'rate-limit': dropped } });
    const logged = receiver.entries().filter(({ module }) => module !== 'tracehub');
    expect(logged).toHaveLength(delivered);
    expect(logged[0]).toMatchObject({ message: 'info 1' });
  });
});
