// A function platform in one process: each line on stdin is an event; the moment the answer is there it says so and
// the process is frozen, all threads of it, until somebody thaws it for the next event.
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setImmediate as turn } from 'node:timers/promises';

const [name, style, isWrapped] = process.argv.slice(2);
const options = JSON.parse(process.env.TRACEHUB_TEST_OPTIONS);

const open = {
  async 'pino in process'() {
    const [{ default: pino }, { traceHubStream, withFlush }] = await load('pino', '@tracehub/pino');
    const stream = traceHubStream(options);
    return { logger: pino(stream), flushable: stream, withFlush };
  },
  async 'pino in its worker'() {
    const [{ default: pino }, { traceHubTransport, withFlush }] = await load('pino', '@tracehub/pino');
    const transport = traceHubTransport(options);
    return { logger: pino(transport), flushable: transport, withFlush };
  },
  async "pino's own transport"() {
    const [{ default: pino }, { withFlush }] = await load('pino', '@tracehub/pino');
    const logger = pino({ transport: { target: '@tracehub/pino', options } });
    return { logger, flushable: logger, withFlush };
  },
  async winston() {
    const [{ default: winston }, { TraceHubTransport, withFlush }] = await load(
      'winston',
      '@tracehub/winston',
    );
    const transport = new TraceHubTransport(options);
    return { logger: winston.createLogger({ transports: [transport] }), flushable: transport, withFlush };
  },
  async bunyan() {
    const [{ default: bunyan }, { traceHubStream, withFlush }] = await load('bunyan', '@tracehub/bunyan');
    const entry = traceHubStream(options);
    const logger = bunyan.createLogger({ name: 'app', streams: [entry] });
    return { logger, flushable: entry.stream, withFlush };
  },
  async TraceHubLogger() {
    const [{ TraceHubLogger, withFlush }] = await load('@tracehub/logger');
    const logger = new TraceHubLogger(options);
    return { logger, flushable: logger, withFlush };
  },
};

/** @param {string[]} names */
function load(...names) {
  return Promise.all(names.map((each) => import(each)));
}

const { logger, flushable, withFlush } = await open[name]();

const handlers = {
  async result(event) {
    logger.info(`${event} begins`);
    await turn();
    logger.info(`${event} ends`);
    return `${event} answered`;
  },
  async throw(event) {
    logger.info(`${event} begins`);
    logger.error(`${event} ends`);
    throw new Error(`${event} failed`);
  },
  callback(event, _context, answer) {
    logger.info(`${event} begins`);
    setTimeout(() => {
      logger.info(`${event} ends`);
      answer(null, `${event} answered`);
    }, 5);
  },
};
const handler = isWrapped === 'wrapped' ? withFlush(handlers[style], flushable) : handlers[style];

/** As Lambda's runtime does it: a promise or the callback, whichever there is. */
function invoke(event) {
  return new Promise((resolve, reject) => {
    const context = { getRemainingTimeInMillis: () => 3_000 };
    const answer = handler(event, context, (error, result) => (error ? reject(error) : resolve(result)));
    answer?.then(resolve, reject);
  });
}

for await (const event of createInterface({ input: process.stdin })) {
  const answer = await invoke(event).catch((error) => error.message);
  writeSync(1, `${answer}\n`);
  process.kill(process.pid, 'SIGSTOP');
}
