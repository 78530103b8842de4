import { traceHubStream as bunyanStream } from '@tracehub/bunyan';
import { type Collector, type IssuesAnswer, type LogsAnswer, createCollector } from '@tracehub/collector';
import { traceHubStream, traceHubTransport, traceMixin } from '@tracehub/pino';
import { TraceHubTransport } from '@tracehub/winston';
import bunyan from 'bunyan';
import pino from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import winston from 'winston';
import { afterTest } from '../kit/after-test.ts';
import { watchLedger } from '../kit/ledger-check.ts';
import { senderOptions } from '../kit/sender-options.ts';

type Options = ReturnType<typeof senderOptions>;
type Adapter = Pick<TraceHubTransport, 'stats' | 'flush' | 'close'>;

/** A logger, its call taking fields and text, and the adapter behind it. */
interface Logging {
  log: (fields: object, text: string) => void;
  adapter: Adapter;
}

const loggers: Record<string, (options: Options) => Logging> = {
  'pino, in its worker': (options) => {
    const adapter = traceHubTransport(options);
    const logger = pino({ mixin: traceMixin }, adapter);
    return { adapter, log: (fields, text) => logger.error(fields, text) };
  },
  'pino, in process': (options) => {
    const adapter = traceHubStream(options);
    const logger = pino({ mixin: traceMixin }, adapter);
    return { adapter, log: (fields, text) => logger.error(fields, text) };
  },
  winston: (options) => {
    const adapter = new TraceHubTransport(options);
    const logger = winston.createLogger({ transports: [adapter] });
    return { adapter, log: (fields, text) => logger.error(text, fields) };
  },
  bunyan: (options) => {
    const entry = bunyanStream(options);
    const logger = bunyan.createLogger({ name: 'app', streams: [entry] });
    return { adapter: entry.stream, log: (fields, text) => logger.error(fields, text) };
  },
  'winston, in a worker': (options) => loggers['winston']!({ ...options, worker: true }),
  'bunyan, in a worker': (options) => loggers['bunyan']!({ ...options, worker: true }),
};

let collector: Collector;
beforeAll(async () => {
  collector = await createCollector({ port: 0, dataDir: 'memory' });
}, 60_000);
afterAll(() => collector.close());

function failedOrder(): Error {
  return new RangeError('out of stock', { cause: new Error('shelf 3 is empty') });
}

async function read<Answer>(path: string, query: Record<string, string>): Promise<Answer> {
  const response = await fetch(`${collector.url}/api/v1/${path}?${new URLSearchParams(query).toString()}`);
  return (await response.json()) as Answer;
}

it.each(Object.entries(loggers))(
  '%s: an error, and the stack of a call, become issues',
  async (name, open) => {
    const { log, adapter } = open(
      senderOptions(collector.url, { apiKey: String(collector.developmentKey), service: name }),
    );
    watchLedger(name, adapter);
    afterTest(async () => void (await adapter.close()));
    function placeOrder(): void {
      log({ ctx: { cause: failedOrder() } }, 'nested');
      log({ err: failedOrder() }, 'named');
      log({ exc_info: true }, 'call');
    }
    placeOrder();
    expect(await adapter.flush()).toEqual({ delivered: 3, deadLettered: 0, dropped: 0 });

    const { logs } = await read<LogsAnswer>('logs', { service: name });
    const [nested, named, call] = ['nested', 'named', 'call'].map((text) =>
      logs.find((l) => l.message === text)!,
    );
    for (const error of [nested!, named!]) {
      expect(error).toMatchObject({
        error_type: 'RangeError',
        // pino's serialiser appends the messages of the causes.
        error_message: expect.stringMatching(/^out of stock(: shelf 3 is empty)?$/) as unknown,
        stack_trace: expect.stringMatching(
          /^RangeError: out of stock\n {4}at failedOrder \(.*errors-of-loggers[^]*\n[Cc]aused by: Error: shelf 3 is empty\n/,
        ) as unknown,
      });
    }
    expect(call!.error_type).toBeNull();
    // The first frame is the call of the logger: here in `log`, which `placeOrder` calls.
    expect(call!.stack_trace).toMatch(
      /^ {4}at (?:Object\.)?log \(.*errors-of-loggers.*\n {4}at placeOrder \(/,
    );
  },
);

it('each is one issue, whichever logger it comes through', async () => {
  const { issues } = await read<IssuesAnswer>('issues', {});
  const counts = Object.fromEntries(issues.map(({ title, count }) => [title, count]));
  const times = Object.keys(loggers).length;
  expect(issues).toHaveLength(2);
  expect(counts).toEqual({ RangeError: 2 * times, call: times });
});
