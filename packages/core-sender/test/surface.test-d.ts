import { describe, expectTypeOf, it } from 'vitest';
import * as core from '@tracehub/core-sender';
import * as trace from '@tracehub/core-sender/trace';
import type {
  AdapterProfile,
  DropReason,
  Entry,
  Flushable,
  Receipt,
  Sender,
  SenderOptions,
  Stats,
} from '@tracehub/core-sender';

describe('@tracehub/core-sender', () => {
  it('makes a sender of options and a profile', () => {
    expectTypeOf(core.createSender).parameter(0).toEqualTypeOf<SenderOptions>();
    expectTypeOf(core.createSender).parameter(1).toEqualTypeOf<AdapterProfile>();
    expectTypeOf(core.createSender).returns.toEqualTypeOf<Sender>();
    expectTypeOf<Sender['flush']>().toEqualTypeOf<() => Promise<Receipt>>();
    expectTypeOf<Sender['close']>().toEqualTypeOf<() => Promise<Receipt>>();
    expectTypeOf<Sender['stats']>().toEqualTypeOf<() => Stats>();
  });

  it('takes a record whose level is one of the five', () => {
    const sender = core.createSender({}, { sdkVersion: 'mine/1.0.0' });
    sender.send({ level: 'INFO', message: 'text', fields: { order: 17 } });
    // @ts-expect-error -- the logger's own word is for the adapter to translate
    sender.send({ level: 'info', message: 'text' });
    // @ts-expect-error -- a sender names its SDK
    core.createSender({}, {});
  });

  it('refuses options of the wrong kind', () => {
    // @ts-expect-error -- milliseconds are a number
    void ({ flushInterval: '5s' } satisfies SenderOptions);
    // @ts-expect-error -- the one or the other
    void ({ overflow: 'block' } satisfies SenderOptions);
    // @ts-expect-error -- a directory, or false
    void ({ dlqPath: true } satisfies SenderOptions);
    // @ts-expect-error -- signals by their names
    void ({ closeOnSignal: ['TERM'] } satisfies SenderOptions);
    // @ts-expect-error -- misspelt
    void ({ apikey: 'th_key' } satisfies SenderOptions);
  });

  it('counts every reason of a drop', () => {
    expectTypeOf<Stats['drops']>().toEqualTypeOf<Readonly<Record<DropReason, number>>>();
    expectTypeOf<Receipt>().toEqualTypeOf<{ delivered: number; deadLettered: number; dropped: number }>();
  });

  it('tells the wire format', () => {
    expectTypeOf<Entry['level']>().toEqualTypeOf<'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL'>();
    expectTypeOf<Entry['pid']>().toEqualTypeOf<number>();
  });

  it('recognises its errors', () => {
    const error: unknown = undefined;
    if (core.isTraceHubError(error)) expectTypeOf(error.code).toEqualTypeOf<string>();
    expectTypeOf<core.TraceHubConfigError['option']>().toEqualTypeOf<string>();
  });
});

describe('withFlush', () => {
  const logger: Flushable = { flush: () => Promise.resolve() };

  it('gives an async handler back as it was', () => {
    const handler = core.withFlush(async (event: { id: string }, _context: object) => event.id, logger);
    expectTypeOf(handler).toEqualTypeOf<(event: { id: string }, context: object) => Promise<string>>();
  });

  it('gives a promise where there was a value, and leaves a callback handler alone', () => {
    expectTypeOf(core.withFlush((event: number) => event, logger)).returns.toEqualTypeOf<Promise<number>>();
    const withCallback = core.withFlush(
      (_event: object, _context: object, done: () => void) => done(),
      logger,
    );
    expectTypeOf(withCallback).returns.toEqualTypeOf<void>();
  });

  it('fits the type of a Lambda handler', () => {
    type Handler = (
      event: object,
      context: object,
      callback: (error: Error | null, result?: string) => void,
    ) => void | Promise<string>;
    const declared: Handler = async () => 'result';
    expectTypeOf(core.withFlush(declared, [logger], { timeout: 500 })).toEqualTypeOf<Handler>();
  });

  it('takes what can be flushed', () => {
    // @ts-expect-error -- nothing to flush
    core.withFlush(async () => {}, {});
    // @ts-expect-error -- milliseconds are a number
    core.withFlush(async () => {}, logger, { timeout: '2s' });
  });
});

describe('@tracehub/core-sender/trace', () => {
  it('gives back what the function gives', () => {
    expectTypeOf(trace.runWithTraceId('id', () => 17)).toEqualTypeOf<number>();
    expectTypeOf(trace.getTraceId()).toEqualTypeOf<string | undefined>();
    expectTypeOf(trace.traceHeaders()).toEqualTypeOf<Record<string, string>>();
  });

  it('has these exports, and no other', () => {
    expectTypeOf<keyof typeof trace>().toEqualTypeOf<
      | 'activeSpanTraceId'
      | 'clearTraceId'
      | 'getTraceId'
      | 'isTraceId'
      | 'runWithTraceId'
      | 'setTraceId'
      | 'traceHeaders'
    >();
  });
});
