import { describe, expectTypeOf, it } from 'vitest';
import * as tracehub from '@tracehub/winston';
import type { Receipt, Stats, TraceHubTransportOptions } from '@tracehub/winston';
import winston from 'winston';
import type Transport from 'winston-transport';

const options: TraceHubTransportOptions = {
  service: 'shop',
  environment: 'test',
  level: 'info',
  silent: false,
};

describe('@tracehub/winston', () => {
  it('is a transport for winston that has the verbs of the sender', () => {
    const transport = new tracehub.TraceHubTransport(options);
    expectTypeOf(transport).toExtend<Transport>();
    winston.createLogger({ transports: [transport], exceptionHandlers: [transport] });
    expectTypeOf(transport.flush()).toEqualTypeOf<Promise<Receipt>>();
    expectTypeOf(transport.close()).toEqualTypeOf<Promise<Receipt>>();
    expectTypeOf(transport.stats()).toEqualTypeOf<Stats>();
    expectTypeOf(tracehub.default).toEqualTypeOf<typeof tracehub.TraceHubTransport>();
  });

  it('checks its options', () => {
    // @ts-expect-error -- options are needed
    void new tracehub.TraceHubTransport();
    // @ts-expect-error -- winston's levels are names
    void ({ level: 30 } satisfies TraceHubTransportOptions);
    // @ts-expect-error -- misspelt
    void ({ apikey: 'th_key' } satisfies TraceHubTransportOptions);
  });

  it('lends its transport to withFlush', () => {
    const handler = tracehub.withFlush(async () => 17, new tracehub.TraceHubTransport(options));
    expectTypeOf(handler).toEqualTypeOf<() => Promise<number>>();
  });

  it('has these exports, and no other', () => {
    expectTypeOf<keyof typeof tracehub>().toEqualTypeOf<
      'default' | 'TraceHubTransport' | 'withFlush' | 'callerStack' | 'TraceHubConfigError'
    >();
  });
});
