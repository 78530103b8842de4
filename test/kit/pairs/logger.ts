import { TraceHubLogger } from '@tracehub/logger';
import type { HostileLogger, LoggerPair } from '../hostile-run.ts';
import { type TestOptions, senderOptions } from '../sender-options.ts';

type LogMethods = Pick<TraceHubLogger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'>;

/** TraceHubLogger; there is none without our sender, so its bare twin only counts. */
export function makeTraceHubLoggerPair(endpoint: string, options?: TestOptions): LoggerPair {
  const log = new TraceHubLogger(senderOptions(endpoint, options));
  let records = 0;
  const count = (): void => void records++;
  const counter = { debug: count, info: count, warn: count, error: count, fatal: count };
  return {
    subject: logger(log, (module) => log.child({ module })),
    bare: logger(counter, () => counter),
    bareRecords: () => records,
    renew: () => {},
    stats: () => log.stats(),
    flush: () => log.flush(),
    close: () => log.close(),
    canTake: () => true,
  };
}

function logger(log: LogMethods, child: (module: string) => LogMethods): HostileLogger {
  return {
    say: (text) => log.info(text),
    log(place, value) {
      switch (place) {
        case 'field':
          return log.info(place, { extra: { value } });
        case 'message':
          return log.warn(value);
        case 'error':
          return log.error(place, { exception: value });
        case 'child':
          return child(value as string).fatal(place);
        case 'fields':
          return log.debug(place, value as object);
        case 'bindings':
          return log.error(place, { extra: value as Record<string, unknown> });
      }
    },
  };
}
