import { describe, expectTypeOf, it } from 'vitest';
import * as tracehub from '@tracehub/logger';
import type { Logger, Receipt, Stats, TraceHubLoggerOptions } from '@tracehub/logger';

const options: TraceHubLoggerOptions = { service: 'shop', environment: 'test', level: 'info' };

describe('@tracehub/logger', () => {
  const logger = new tracehub.TraceHubLogger(options);

  it('has five levels, each with details or an error', () => {
    for (const level of ['debug', 'info', 'warn', 'error', 'fatal'] as const) {
      logger[level]('text');
      logger[level](new Error('text'));
      logger[level]('text', new Error('text'));
      logger[level]('text', { module: 'orders', extra: { order: 17 }, exception: new Error('text') });
      // @ts-expect-error -- fields go into extra
      logger[level]('text', { order: 17 });
    }
    // @ts-expect-error -- not one of the five
    logger.trace('text');
  });

  it('has the verbs of the sender, and children', () => {
    expectTypeOf(logger.child({ module: 'orders' })).toEqualTypeOf<Logger>();
    expectTypeOf(logger.flush()).toEqualTypeOf<Promise<Receipt>>();
    expectTypeOf(logger.close()).toEqualTypeOf<Promise<Receipt>>();
    expectTypeOf(logger.stats()).toEqualTypeOf<Stats>();
    expectTypeOf(logger).toExtend<AsyncDisposable>();
    expectTypeOf(tracehub.withFlush(async () => 17, logger)).toEqualTypeOf<() => Promise<number>>();
  });

  it('checks its options', () => {
    // @ts-expect-error -- not one of the five
    void ({ level: 'verbose' } satisfies TraceHubLoggerOptions);
    // @ts-expect-error -- misspelt
    void ({ apikey: 'th_key' } satisfies TraceHubLoggerOptions);
  });

  it('has these exports, and no other', () => {
    expectTypeOf<keyof typeof tracehub>().toEqualTypeOf<
      'TraceHubLogger' | 'withFlush' | 'callerStack' | 'TraceHubConfigError'
    >();
  });
});
