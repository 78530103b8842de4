import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT_CONTEXT, context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { traceHubStream as bunyanStream } from '@tracehub/bunyan';
import { clearTraceId, getTraceId, runWithTraceId } from '@tracehub/core-sender/trace';
import { withTraceHub } from '@tracehub/middleware/http';
import { traceHubTransport, traceMixin } from '@tracehub/pino';
import { TraceHubTransport } from '@tracehub/winston';
import bunyan from 'bunyan';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import winston from 'winston';
import { afterTest } from '../kit/after-test.ts';
import { type CollectorProcess, startCollectorProcess } from '../kit/collector-process.ts';
import { senderOptions } from '../kit/sender-options.ts';

const manager = new AsyncLocalStorageContextManager();
beforeAll(() => void context.setGlobalContextManager(manager.enable()));
afterAll(() => context.disable());

/** Runs `fn` with a span active, as an instrumentation does. */
function inSpan<T>(traceId: string, fn: () => T): T {
  const span = trace.wrapSpanContext({ traceId, spanId: '00f067aa0ba902b7', traceFlags: 1 });
  return context.with(trace.setSpan(ROOT_CONTEXT, span), fn);
}

function idOf(index: number): string {
  return (index + 1).toString(16).padStart(32, '0');
}

describe('the trace id of an OpenTelemetry span', () => {
  it('holds across 1,000 concurrent contexts, and gives way to one of ours', async () => {
    const work = async (index: number): Promise<unknown[]> => {
      const seen = [getTraceId()];
      await sleep(Math.random() * 5);
      seen.push(getTraceId());
      seen.push(await runWithTraceId(`own-${index}`, () => sleep(1).then(getTraceId)));
      seen.push(getTraceId());
      clearTraceId();
      return [...seen, getTraceId()];
    };
    const seen = await Promise.all(Array.from({ length: 1_000 }, (_, n) => inSpan(idOf(n), () => work(n))));
    expect(seen).toEqual(
      Array.from({ length: 1_000 }, (_, n) => [idOf(n), idOf(n), `own-${n}`, idOf(n), undefined]),
    );
    expect(getTraceId()).toBeUndefined();
  });

  it('is that of a request without headers, if an instrumentation has a span for it', async () => {
    const handler = withTraceHub((_request, response) => void response.end(getTraceId()));
    const server = createServer((request, response) => inSpan(idOf(1), () => handler(request, response)));
    server.listen(0, '127.0.0.1');
    afterTest(() => void server.close());
    await once(server, 'listening');
    const ask = async (headers: Record<string, string>): Promise<unknown[]> => {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const response = await fetch(url, { headers: { connection: 'close', ...headers } });
      return [response.headers.get('x-trace-id'), await response.text()];
    };
    expect(await ask({})).toEqual([idOf(1), idOf(1)]);
    expect(await ask({ 'X-Trace-ID': 'a' })).toEqual(['a', 'a']);
  });
});

describe('through a real logger', () => {
  let collector: CollectorProcess;
  beforeAll(async () => {
    collector = await startCollectorProcess();
  });

  type Opened = { log: (message: string) => unknown; close: () => Promise<unknown> };
  const loggers: Record<string, (service: string) => Opened> = {
    pino: (service) => {
      const transport = traceHubTransport(optionsFor(service));
      const logger = pino({ mixin: traceMixin }, transport);
      return { log: (message) => logger.info(message), close: () => transport.close() };
    },
    winston: (service) => {
      const transport = new TraceHubTransport(optionsFor(service));
      const logger = winston.createLogger({ transports: [transport] });
      return { log: (message) => logger.info(message), close: () => transport.close() };
    },
    bunyan: (service) => {
      const entry = bunyanStream(optionsFor(service));
      const logger = bunyan.createLogger({ name: 'otel', streams: [entry as bunyan.Stream] });
      return { log: (message) => logger.info(message), close: () => entry.stream.close() };
    },
  };

  function optionsFor(service: string): ReturnType<typeof senderOptions> {
    return senderOptions(collector.url, { apiKey: collector.apiKey, service });
  }

  it.each(Object.keys(loggers))('is read on the app thread: %s', async (name) => {
    const { log, close } = (loggers[name] as (typeof loggers)[string])(`otel-${name}`);
    log('outside');
    await Promise.all([0, 1].map((n) => inSpan(idOf(n), () => sleep(2 - n).then(() => log(`span ${n}`)))));
    inSpan(idOf(2), () => runWithTraceId('own', () => log('own')));
    await close();
    const stored = await collector.logs({ service: `otel-${name}` });
    expect(Object.fromEntries(stored.map(({ message, trace_id }) => [message, trace_id]))).toEqual({
      outside: null,
      'span 0': idOf(0),
      'span 1': idOf(1),
      own: 'own',
    });
  });
});
