// Logs numbered entries and leaves at once, in the way its second argument says.
'use strict';
const leave = require('./leave.cjs');

const [subject, way, count] = process.argv.slice(2);
const [name, worker] = subject.split(' ');
const options = { ...JSON.parse(process.env.TRACEHUB_TEST_OPTIONS), worker: worker !== undefined };

const open = {
  pino() {
    const pino = require('pino');
    if (way !== 'close') return { logger: pino({ transport: { target: '@tracehub/pino', options } }) };
    const transport = require('@tracehub/pino').traceHubTransport(options);
    return { logger: pino(transport), close: () => transport.close() };
  },
  winston() {
    const winston = require('winston');
    const { TraceHubTransport } = require('@tracehub/winston');
    const transport = new TraceHubTransport(options);
    return { logger: winston.createLogger({ transports: [transport] }), close: () => transport.close() };
  },
  bunyan() {
    const entry = require('@tracehub/bunyan').traceHubStream(options);
    const logger = require('bunyan').createLogger({ name: 'app', streams: [entry] });
    return { logger, close: () => entry.stream.close() };
  },
  logger() {
    const { TraceHubLogger } = require('@tracehub/logger');
    const logger = new TraceHubLogger(options);
    return { logger, close: () => logger.close() };
  },
};

const { logger, close } = open[name]();
for (let n = 0; n < Number(count); n++) logger.info(`entry ${n}`);
leave(way, close);
