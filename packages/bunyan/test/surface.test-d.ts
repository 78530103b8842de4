import { describe, expectTypeOf, it } from 'vitest';
import * as tracehub from '@tracehub/bunyan';
import type { Receipt, Stats, TraceHubStreamEntry, TraceHubStreamOptions } from '@tracehub/bunyan';
import bunyan from 'bunyan';

const options: TraceHubStreamOptions = { service: 'shop', environment: 'test', level: 'info' };

describe('@tracehub/bunyan', () => {
  it('makes an entry for the streams of bunyan', () => {
    const entry = tracehub.traceHubStream(options);
    expectTypeOf(entry).toEqualTypeOf<TraceHubStreamEntry>();
    bunyan.createLogger({ name: 'app', streams: [entry] }).addStream(entry);
  });

  it('has the verbs of the sender on its stream', () => {
    const stream = new tracehub.TraceHubStream({ service: 'shop' });
    expectTypeOf(stream).toEqualTypeOf<TraceHubStreamEntry['stream']>();
    expectTypeOf(stream).toExtend<NodeJS.WritableStream>();
    expectTypeOf(stream.flush()).toEqualTypeOf<Promise<Receipt>>();
    expectTypeOf(stream.close()).toEqualTypeOf<Promise<Receipt>>();
    expectTypeOf(stream.stats()).toEqualTypeOf<Stats>();
  });

  it('checks its options', () => {
    // @ts-expect-error -- not a level of bunyan's
    void ({ level: 'verbose' } satisfies TraceHubStreamOptions);
    // @ts-expect-error -- misspelt
    void ({ apikey: 'th_key' } satisfies TraceHubStreamOptions);
  });

  it('lends its stream to withFlush, not the entry', () => {
    const entry = tracehub.traceHubStream(options);
    expectTypeOf(tracehub.withFlush(async () => 17, entry.stream)).toEqualTypeOf<() => Promise<number>>();
    // @ts-expect-error -- the entry has no flush
    tracehub.withFlush(async () => 17, entry);
  });

  it('has these exports, and no other', () => {
    expectTypeOf<keyof typeof tracehub>().toEqualTypeOf<
      'traceHubStream' | 'TraceHubStream' | 'withFlush' | 'callerStack' | 'TraceHubConfigError'
    >();
  });
});
