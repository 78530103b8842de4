// A test of a user's: their module under test logs.
import { traceHubStream as bunyanStream } from '@tracehub/bunyan';
import { TraceHubLogger } from '@tracehub/logger';
import { traceHubStream, traceHubTransport } from '@tracehub/pino';
import { TraceHubTransport } from '@tracehub/winston';
import bunyan from 'bunyan';
import pino from 'pino';
import winston from 'winston';
import { expect, test, vi } from 'vitest';

const options = { service: 'shop' };

test('pino, in-process', async () => {
  const stream = traceHubStream(options);
  pino(stream).info('pino in-process');
  expect(await stream.flush()).toEqual({ delivered: 1, deadLettered: 0, dropped: 0 });
  await stream.close();
});

test('pino, in its worker', async () => {
  const transport = traceHubTransport(options);
  pino(transport).info('pino worker');
  expect(await transport.flush()).toEqual({ delivered: 1, deadLettered: 0, dropped: 0 });
  await transport.close();
});

test('pino, by the name of the target', async () => {
  const transport = pino.transport({ target: '@tracehub/pino', options });
  const logger = pino(transport);
  logger.info('pino target');
  expect(await new Promise((resolve) => logger.flush(resolve))).toBeUndefined();
  await new Promise((resolve) => transport.on('close', resolve).end());
});

test('winston', async () => {
  const transport = new TraceHubTransport(options);
  winston.createLogger({ transports: [transport] }).info('winston');
  expect(await transport.flush()).toEqual({ delivered: 1, deadLettered: 0, dropped: 0 });
  await transport.close();
});

test('bunyan', async () => {
  const entry = bunyanStream(options);
  bunyan.createLogger({ name: 'app', streams: [entry] }).info('bunyan');
  expect(await entry.stream.flush()).toEqual({ delivered: 1, deadLettered: 0, dropped: 0 });
  await entry.stream.close();
});

test('logger, under fake timers', async () => {
  vi.useFakeTimers();
  const logger = new TraceHubLogger(options);
  logger.info('logger');
  expect(await logger.flush()).toEqual({ delivered: 1, deadLettered: 0, dropped: 0 });
  await logger.close();
  vi.useRealTimers();
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
