import { hostname } from 'node:os';
import { traceHubStream as bunyanStream } from '@tracehub/bunyan';
import type { LogsAnswer } from '@tracehub/collector';
import { runWithTraceId } from '@tracehub/core-sender/trace';
import { traceHubTransport, traceMixin } from '@tracehub/pino';
import { TraceHubTransport } from '@tracehub/winston';
import bunyan from 'bunyan';
import pino from 'pino';
import { beforeAll, describe, expect, it } from 'vitest';
import winston from 'winston';
import { afterTest } from '../kit/after-test.ts';
import { type CollectorProcess, startCollectorProcess } from '../kit/collector-process.ts';
import { watchLedger } from '../kit/ledger-check.ts';
import { type TestOptions, senderOptions } from '../kit/sender-options.ts';

type StoredLog = LogsAnswer['logs'][number];

let collector: CollectorProcess;
beforeAll(async () => {
  collector = await startCollectorProcess();
});

let services = 0;

/** Options for a service of its own, and what the collector holds of it. */
function newService(): { options: TestOptions; stored: () => Promise<StoredLog[]> } {
  const service = `service-${++services}`;
  return {
    options: senderOptions(collector.url, { apiKey: collector.apiKey, service }),
    stored: () => collector.logs({ service }),
  };
}

/** Closes the adapter and checks its ledger when the test ends. */
function watch<Adapter extends { stats(): never | object; close(): Promise<unknown> }>(
  adapter: Adapter,
): Adapter {
  watchLedger('adapter', adapter as never);
  afterTest(async () => void (await adapter.close()));
  return adapter;
}

function failed(): Error {
  const cause = new RangeError('limit is 3');
  return Object.assign(new TypeError('no such item', { cause }), { code: 'E_ITEM' });
}

/** What is stored of {@link failed}, whichever logger it went through. */
const failedColumns = {
  level: 'ERROR',
  error_type: 'TypeError',
  // pino's serialiser appends the messages of the causes.
  error_message: expect.stringMatching(/^no such item(: limit is 3)?$/),
  stack_trace: expect.stringMatching(
    /TypeError: no such item\n {4}at failed \(.*levels-and-fields.test.ts:\d+\) \[\d+:\d+\][^]*[Cc]aused by: RangeError: limit is 3\n/,
  ),
};

function levelsOf(logs: readonly StoredLog[]): [string, string][] {
  return logs.map(({ message, level }) => [message, level]);
}

describe('pino', () => {
  function open(config: pino.LoggerOptions = {}): ReturnType<typeof newService> & {
    log: pino.Logger;
    transport: ReturnType<typeof traceHubTransport>;
  } {
    const service = newService();
    const transport = watch(traceHubTransport(service.options));
    return { ...service, transport, log: pino({ level: 'trace', ...config }, transport) };
  }

  it('maps its levels, custom ones by threshold', async () => {
    const service = newService();
    const transport = watch(traceHubTransport(service.options));
    const log = pino({ level: 'trace', customLevels: { audit: 35, panic: 70 } }, transport);
    log.trace('trace');
    log.debug('debug');
    log.info('info');
    log.audit('audit');
    log.warn('warn');
    log.error('error');
    log.fatal('fatal');
    log.panic('panic');
    await transport.flush();
    expect(levelsOf(await service.stored())).toEqual([
      ['trace', 'DEBUG'],
      ['debug', 'DEBUG'],
      ['info', 'INFO'],
      ['audit', 'INFO'],
      ['warn', 'WARN'],
      ['error', 'ERROR'],
      ['fatal', 'FATAL'],
      ['panic', 'FATAL'],
    ]);
  });

  it('stores bindings of children, fields and extra', async () => {
    const { log, transport, stored } = open({ name: 'shop' });
    log
      .child({ module: 'cart', user: 7 })
      .info({ item: { id: 1 }, extra: { spread: true } }, 'added %s', 'tea');
    log.info('plain');
    await transport.flush();
    expect(await stored()).toEqual([
      expect.objectContaining({
        message: 'added tea',
        module: 'cart',
        host: hostname(),
        pid: process.pid,
        thread_id: 'main',
        sdk_version: expect.stringMatching(/^pino\/\d+\.\d+\.\d+/),
        environment: 'test',
        extra: { name: 'shop', user: 7, item: { id: 1 }, spread: true },
      }),
      expect.objectContaining({ message: 'plain', module: 'shop' }),
    ]);
  });

  it('stores an error with its cause', async () => {
    const { log, transport, stored } = open();
    log.error(failed(), 'checkout failed');
    await transport.flush();
    const [entry] = await stored();
    expect(entry).toMatchObject({ ...failedColumns, message: 'checkout failed' });
    expect(JSON.stringify(entry?.extra)).toContain('E_ITEM');
  });

  it('stores the trace id of the context that logs', async () => {
    const { log, transport, stored } = open({ mixin: traceMixin });
    await runWithTraceId('trace-1', async () => {
      await Promise.resolve();
      log.info('inside');
    });
    log.info('outside');
    await transport.flush();
    expect((await stored()).map(({ message, trace_id }) => [message, trace_id])).toEqual([
      ['inside', 'trace-1'],
      ['outside', null],
    ]);
  });

  it('gives a receipt that adds up to what was logged', async () => {
    const { log, transport, stored } = open();
    for (let n = 0; n < 130; n++) log.info(`entry ${n}`);
    expect(await transport.flush()).toEqual({ delivered: 130, deadLettered: 0, dropped: 0 });
    expect(await stored()).toHaveLength(130);
    expect(transport.stats()).toMatchObject({ accepted: 130, delivered: 130, pending: 0 });
  });
});

describe('winston', () => {
  function open(config: winston.LoggerOptions = {}): ReturnType<typeof newService> & {
    log: winston.Logger;
    transport: TraceHubTransport;
  } {
    const service = newService();
    const transport = watch(new TraceHubTransport(service.options));
    return {
      ...service,
      transport,
      log: winston.createLogger({ level: 'silly', ...config, transports: [transport] }),
    };
  }

  it('maps its npm levels', async () => {
    const { log, transport, stored } = open();
    for (const level of ['silly', 'debug', 'verbose', 'http', 'info', 'warn', 'error']) log.log(level, level);
    await transport.flush();
    expect(levelsOf(await stored())).toEqual([
      ['silly', 'DEBUG'],
      ['debug', 'DEBUG'],
      ['verbose', 'DEBUG'],
      ['http', expect.stringMatching(/^(DEBUG|INFO)$/)],
      ['info', 'INFO'],
      ['warn', 'WARN'],
      ['error', 'ERROR'],
    ]);
  });

  it('maps syslog levels', async () => {
    const { log, transport, stored } = open({ level: 'debug', levels: winston.config.syslog.levels });
    for (const level of Object.keys(winston.config.syslog.levels)) log.log(level, level);
    await transport.flush();
    expect(levelsOf(await stored())).toEqual([
      ['emerg', 'FATAL'],
      ['alert', 'FATAL'],
      ['crit', 'FATAL'],
      ['error', 'ERROR'],
      ['warning', 'WARN'],
      ['notice', 'INFO'],
      ['info', 'INFO'],
      ['debug', 'DEBUG'],
    ]);
  });

  it('stores metadata of children, fields and extra', async () => {
    const { log, transport, stored } = open();
    log.child({ module: 'cart', user: 7 }).info('added', { item: { id: 1 }, extra: { spread: true } });
    await transport.flush();
    expect(await stored()).toEqual([
      expect.objectContaining({
        message: 'added',
        module: 'cart',
        host: hostname(),
        pid: process.pid,
        thread_id: 'main',
        sdk_version: expect.stringMatching(/^winston\/\d+\.\d+\.\d+/),
        extra: { user: 7, item: { id: 1 }, spread: true },
      }),
    ]);
  });

  it('stores an error with its cause, as message and as metadata', async () => {
    const { log, transport, stored } = open();
    log.error(failed());
    log.error('checkout failed', { err: failed() });
    await transport.flush();
    const [first, second] = await stored();
    expect(first).toMatchObject({ ...failedColumns, message: 'no such item' });
    expect(second).toMatchObject({ ...failedColumns, message: 'checkout failed' });
    expect(JSON.stringify(second?.extra)).toContain('E_ITEM');
  });

  it('stores the trace id of the context that logs', async () => {
    const { log, transport, stored } = open();
    runWithTraceId('trace-2', () => log.info('inside'));
    log.info('outside');
    await transport.flush();
    expect((await stored()).map(({ message, trace_id }) => [message, trace_id])).toEqual([
      ['inside', 'trace-2'],
      ['outside', null],
    ]);
  });

  it('gives a receipt that adds up to what was logged', async () => {
    const { log, transport, stored } = open();
    for (let n = 0; n < 130; n++) log.info(`entry ${n}`);
    expect(await transport.flush()).toEqual({ delivered: 130, deadLettered: 0, dropped: 0 });
    expect(await stored()).toHaveLength(130);
  });
});

describe('bunyan', () => {
  function open(config: Partial<bunyan.LoggerOptions> = {}): ReturnType<typeof newService> & {
    log: bunyan;
    stream: ReturnType<typeof bunyanStream>['stream'];
  } {
    const service = newService();
    const entry = bunyanStream(service.options);
    watch(entry.stream);
    const streams = [entry as unknown as bunyan.Stream];
    return {
      ...service,
      stream: entry.stream,
      log: bunyan.createLogger({ name: 'shop', ...config, streams }),
    };
  }

  it('maps its levels', async () => {
    const { log, stream, stored } = open();
    for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) log[level](level);
    await stream.flush();
    expect(levelsOf(await stored())).toEqual([
      ['trace', 'DEBUG'],
      ['debug', 'DEBUG'],
      ['info', 'INFO'],
      ['warn', 'WARN'],
      ['error', 'ERROR'],
      ['fatal', 'FATAL'],
    ]);
  });

  it('stores bindings of children, fields and extra', async () => {
    const { log, stream, stored } = open();
    log
      .child({ component: 'cart', user: 7 })
      .info({ item: { id: 1 }, extra: { spread: true } }, 'added %s', 'tea');
    await stream.flush();
    expect(await stored()).toEqual([
      expect.objectContaining({
        message: 'added tea',
        module: 'cart',
        host: hostname(),
        pid: process.pid,
        thread_id: 'main',
        sdk_version: expect.stringMatching(/^bunyan\/\d+\.\d+\.\d+/),
        extra: { name: 'shop', user: 7, item: { id: 1 }, spread: true },
      }),
    ]);
  });

  it('stores an error with its cause', async () => {
    const { log, stream, stored } = open();
    log.error({ err: failed() }, 'checkout failed');
    await stream.flush();
    const [entry] = await stored();
    expect(entry).toMatchObject({ ...failedColumns, message: 'checkout failed' });
    expect(JSON.stringify(entry?.extra)).toContain('E_ITEM');
  });

  it('stores the trace id of the context that logs', async () => {
    const { log, stream, stored } = open();
    runWithTraceId('trace-3', () => log.info('inside'));
    log.info('outside');
    await stream.flush();
    expect((await stored()).map(({ message, trace_id }) => [message, trace_id])).toEqual([
      ['inside', 'trace-3'],
      ['outside', null],
    ]);
  });

  it('gives a receipt that adds up to what was logged', async () => {
    const { log, stream, stored } = open();
    for (let n = 0; n < 130; n++) log.info(`entry ${n}`);
    expect(await stream.flush()).toEqual({ delivered: 130, deadLettered: 0, dropped: 0 });
    expect(await stored()).toHaveLength(130);
  });
});

describe('issues', () => {
  it('group one error at one place, however often and through whichever logger it comes', async () => {
    const { options } = newService();
    const first = watch(bunyanStream(options).stream);
    const second = watch(new TraceHubTransport(options));
    const log = winston.createLogger({ transports: [second] });
    for (let n = 0; n < 5; n++) {
      const error = new Error(`order ${n} failed`);
      error.name = 'GroupedError';
      first.write({ level: 50, msg: 'x', err: error });
      log.error('x', { err: error });
    }
    await Promise.all([first.flush(), second.flush()]);
    const issues = (await collector.issues()).filter((issue) =>
      JSON.stringify(issue).includes('GroupedError'),
    );
    expect(issues).toHaveLength(1);
    expect(issues[0]).toMatchObject({ count: 10 });
  });
});
