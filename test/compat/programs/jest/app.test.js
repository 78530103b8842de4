// A test of a user's: their module under test logs, as CommonJS and as an ES module.
const { TraceHubTransport } = require('@tracehub/winston');
const { traceHubStream: bunyanStream } = require('@tracehub/bunyan');
const { TraceHubLogger } = require('@tracehub/logger');
const { traceHubStream, traceHubTransport } = require('@tracehub/pino');
const bunyan = require('bunyan');
const pino = require('pino');
const winston = require('winston');

const options = { service: 'shop', environment: 'jest' };

test('pino, in-process', async () => {
  const stream = traceHubStream(options);
  pino(stream).info('jest pino in-process');
  expect(await stream.flush()).toEqual({ delivered: 1, deadLettered: 0, dropped: 0 });
  await stream.close();
});

test('pino, in its worker', async () => {
  const transport = traceHubTransport(options);
  pino(transport).info('jest pino worker');
  expect(await transport.flush()).toEqual({ delivered: 1, deadLettered: 0, dropped: 0 });
  await transport.close();
});

test('pino, by the name of the target', async () => {
  const transport = pino.transport({ target: '@tracehub/pino', options });
  const logger = pino(transport);
  logger.info('jest pino target');
  expect(await new Promise((resolve) => logger.flush(resolve))).toBeUndefined();
  await new Promise((resolve) => transport.on('close', resolve).end());
});

test('winston', async () => {
  const transport = new TraceHubTransport(options);
  winston.createLogger({ transports: [transport] }).info('jest winston');
  expect(await transport.flush()).toEqual({ delivered: 1, deadLettered: 0, dropped: 0 });
  await transport.close();
});

test('bunyan', async () => {
  const entry = bunyanStream(options);
  bunyan.createLogger({ name: 'app', streams: [entry] }).info('jest bunyan');
  expect(await entry.stream.flush()).toEqual({ delivered: 1, deadLettered: 0, dropped: 0 });
  await entry.stream.close();
});

test('logger, under fake timers', async () => {
  jest.useFakeTimers();
  const logger = new TraceHubLogger(options);
  logger.info('jest logger');
  expect(await logger.flush()).toEqual({ delivered: 1, deadLettered: 0, dropped: 0 });
  await logger.close();
  jest.useRealTimers();
});

test('a wrong option is a TraceHubConfigError', () => {
  expect(() => new TraceHubLogger({ ...options, flushInterval: 1 })).toThrow(
    expect.objectContaining({
      name: 'TraceHubConfigError',
      code: 'TRACEHUB_CONFIG',
      option: 'flushInterval',
    }),
  );
});
