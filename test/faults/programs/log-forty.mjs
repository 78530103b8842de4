import { writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/*
 * Logs 40 records, says so, and comes to its end in one of several ways:
 * log-forty.mjs <pino|winston|bunyan> <records> <end> <options as JSON>
 */
const [, , name, records, end, json] = process.argv;
const options = { apiKey: 'th_test_key', service: 'test', environment: 'test', ...JSON.parse(json) };

const LOGGERS = {
  async pino() {
    const { default: pino } = await import('pino');
    const { closeOnSignal, ...plain } = options;
    if (!closeOnSignal) return pino({ transport: { target: '@tracehub/pino', options: plain } });
    const { traceHubTransport } = await import('@tracehub/pino');
    return pino(traceHubTransport(options));
  },
  async winston() {
    const [{ default: winston }, { TraceHubTransport }] = await Promise.all([
      import('winston'),
      import('@tracehub/winston'),
    ]);
    return winston.createLogger({ transports: [new TraceHubTransport(options)] });
  },
  async bunyan() {
    const [{ default: bunyan }, { traceHubStream }] = await Promise.all([
      import('bunyan'),
      import('@tracehub/bunyan'),
    ]);
    return bunyan.createLogger({ name: 'table', streams: [traceHubStream(options)] });
  },
};

const logger = await LOGGERS[name]();
for (let number = 1; number <= Number(records); number++) {
  logger.info(`record ${number} ${crc32(`record ${number}`).toString(16)}`);
}
writeSync(1, 'logged\n');

if (end === 'exit') process.exit(3);
if (end === 'throw') {
  setTimeout(() => {
    throw new Error('planned');
  }, 50);
}
if (end === 'stay') {
  // Until it is told, or killed.
  process.stdin.once('data', () => process.stdin.destroy());
  process.stdin.resume();
}
