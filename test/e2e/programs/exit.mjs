// Logs numbered entries and leaves at once, in the way its second argument says.
import leave from './leave.cjs';

const [subject, way, count] = process.argv.slice(2);
const [name, worker] = subject.split(' ');
const options = { ...JSON.parse(process.env.TRACEHUB_TEST_OPTIONS), worker: worker !== undefined };

const open = {
  async pino() {
    const { default: pino } = await import('pino');
    if (way !== 'close') return { logger: pino({ transport: { target: '@tracehub/pino', options } }) };
    const { traceHubTransport } = await import('@tracehub/pino');
    const transport = traceHubTransport(options);
    return { logger: pino(transport), close: () => transport.close() };
  },
  async winston() {
    const { default: winston } = await import('winston');
    const { TraceHubTransport } = await import('@tracehub/winston');
    const transport = new TraceHubTransport(options);
    return { logger: winston.createLogger({ transports: [transport] }), close: () => transport.close() };
  },
  async bunyan() {
    const { default: bunyan } = await import('bunyan');
    const { traceHubStream } = await import('@tracehub/bunyan');
    const entry = traceHubStream(options);
    return {
      logger: bunyan.createLogger({ name: 'app', streams: [entry] }),
      close: () => entry.stream.close(),
    };
  },
  async logger() {
    const { TraceHubLogger } = await import('@tracehub/logger');
    const logger = new TraceHubLogger(options);
    return { logger, close: () => logger.close() };
  },
};

const { logger, close } = await open[name]();
for (let n = 0; n < Number(count); n++) logger.info(`entry ${n}`);
leave(way, close);
