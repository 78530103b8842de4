import { describe, expectTypeOf, it } from 'vitest';
import * as tracehub from '@tracehub/pino';
import type { Receipt, Stats, TraceHubOptions } from '@tracehub/pino';
import pino from 'pino';

const options: TraceHubOptions = { service: 'shop', environment: 'test', flushInterval: 1000 };

describe('pino.transport<TraceHubOptions>()', () => {
  it('checks the options of the target', () => {
    pino(pino.transport<TraceHubOptions>({ target: '@tracehub/pino', options }));
    pino.transport<TraceHubOptions>({
      target: '@tracehub/pino',
      // @ts-expect-error -- milliseconds are a number
      options: { flushInterval: '5s' },
    });
    pino.transport<TraceHubOptions>({
      target: '@tracehub/pino',
      // @ts-expect-error -- misspelt
      options: { apikey: 'th_key' },
    });
  });

  it('has no option that cannot cross to the worker', () => {
    // @ts-expect-error -- signals reach the app thread only
    void ({ closeOnSignal: ['SIGTERM'] } satisfies TraceHubOptions);
    expectTypeOf<TraceHubOptions>().not.toHaveProperty('dispatcher');
  });

  it('goes into the list of several targets', () => {
    pino.transport<TraceHubOptions>({ targets: [{ target: '@tracehub/pino', level: 'info', options }] });
  });
});

describe('@tracehub/pino', () => {
  it('is a target by its default export', () => {
    expectTypeOf(tracehub.default).parameter(0).toEqualTypeOf<TraceHubOptions | undefined>();
  });

  it('makes destinations for pino that have the verbs of the sender', () => {
    const transport = tracehub.traceHubTransport({ ...options, closeOnSignal: ['SIGTERM'] });
    const stream = tracehub.traceHubStream({ ...options, messageKey: 'text', customLevels: { audit: 35 } });
    for (const destination of [transport, stream]) {
      expectTypeOf(destination.flush()).toEqualTypeOf<Promise<Receipt>>();
      expectTypeOf(destination.close()).toEqualTypeOf<Promise<Receipt>>();
      expectTypeOf(destination.stats()).toEqualTypeOf<Stats>();
    }
    expectTypeOf(pino(transport)).toEqualTypeOf<pino.Logger>();
    expectTypeOf(pino({ mixin: tracehub.traceMixin }, stream)).toExtend<pino.Logger>();
    // @ts-expect-error -- a dispatcher cannot cross to the worker
    tracehub.traceHubTransport({ dispatcher: {} });
  });

  it('keeps the custom levels of a logger with the mixin', () => {
    const logger = pino(
      { customLevels: { audit: 35 }, mixin: tracehub.traceMixin },
      tracehub.traceHubStream(),
    );
    logger.audit('signed in');
  });

  it('lends its destinations and a logger to withFlush', () => {
    const transport = tracehub.traceHubTransport(options);
    const handler = tracehub.withFlush(async (event: number) => event, [transport, pino(transport)]);
    expectTypeOf(handler).toEqualTypeOf<(event: number) => Promise<number>>();
  });

  it('has these exports, and no other', () => {
    expectTypeOf<keyof typeof tracehub>().toEqualTypeOf<
      | 'default'
      | 'traceHubTransport'
      | 'traceHubStream'
      | 'traceMixin'
      | 'withFlush'
      | 'callerStack'
      | 'TraceHubConfigError'
    >();
  });
});
