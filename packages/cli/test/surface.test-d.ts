import { describe, expectTypeOf, it } from 'vitest';
import type { Finding } from '../src/doctor/check.ts';
import type { ShownOption } from '../src/doctor/shown-options.ts';
import type { TraceHubStreamOptions as BunyanOptions } from '../../bunyan/src/stream-entry.ts';
import type { SenderOptions } from '../../core-sender/src/options/options.ts';
import type { TraceHubLoggerOptions } from '../../logger/src/trace-hub-logger.ts';
import type { TraceHubStreamOptions as PinoOptions } from '../../pino/src/options.ts';
import type { TraceHubTransportOptions as WinstonOptions } from '../../winston/src/options.ts';
import type { AdapterOption } from '../src/settings/adapter-options.ts';
import type { Verdict } from '../src/doctor/verdict.ts';

// What others build on is the program: its commands, its exit status and what it prints with --json.
describe('@tracehub/cli', () => {
  it('is a program and no library', () => {
    // @ts-expect-error -- nothing to import
    void import('@tracehub/cli');
    // @ts-expect-error -- nor from inside
    void import('@tracehub/cli/dist/esm/program.js');
  });

  it('prints, with doctor --json, a verdict', () => {
    expectTypeOf<Verdict>().toEqualTypeOf<{
      status: 'ok' | 'warning' | 'failure';
      check?: string;
      finding: string;
      next?: string;
      others: number;
    }>();
  });

  it('prints, with doctor --json, what each check found', () => {
    expectTypeOf<Finding>().toEqualTypeOf<{
      status: 'ok' | 'warning' | 'failure' | 'skipped';
      finding: string;
      next?: string;
      details?: Record<string, unknown>;
    }>();
  });

  it('prints, with doctor --json, each value as text, with its source', () => {
    expectTypeOf<ShownOption['value']>().toEqualTypeOf<string>();
    expectTypeOf<ShownOption['source']>().toEqualTypeOf<string>();
  });

  it('knows the options of every adapter', () => {
    type Known = keyof PinoOptions | keyof WinstonOptions | keyof BunyanOptions | keyof TraceHubLoggerOptions;
    expectTypeOf<AdapterOption>().toEqualTypeOf<Exclude<Known, keyof SenderOptions>>();
  });
});
