import { traceHubStream } from '@tracehub/bunyan';
import bunyan from 'bunyan';
import type { HostileLogger, LoggerPair } from '../hostile-run.ts';
import { type TestOptions, senderOptions } from '../sender-options.ts';

/** bunyan with our stream, and with a raw stream that only counts. */
export function makeBunyanPair(endpoint: string, options?: TestOptions): LoggerPair {
  const entry = traceHubStream(senderOptions(endpoint, options));
  let records = 0;
  const counter = { write: () => void records++ };
  const create = (stream: bunyan.Stream): bunyan =>
    bunyan.createLogger({ name: 'hostile', streams: [stream] });
  return {
    subject: logger(create(entry as unknown as bunyan.Stream)),
    bare: logger(create({ type: 'raw', level: 1, stream: counter as never })),
    bareRecords: () => records,
    renew: () => {},
    stats: () => entry.stream.stats(),
    flush: () => entry.stream.flush(),
    close: () => entry.stream.close(),
    // A raw stream gets the values as they are.
    canTake: () => true,
  };
}

function logger(log: bunyan): HostileLogger {
  return {
    say: (text) => log.info(text),
    log(place, value) {
      switch (place) {
        case 'field':
          return log.info({ value }, place);
        case 'message':
          return log.warn(value as string);
        case 'error':
          return log.error({ err: value }, place);
        case 'child':
          return log.child({ bound: value }).fatal(place);
        case 'fields':
          return log.debug(value as object, place);
        case 'bindings':
          return log.child(value as object).error(place);
      }
    },
  };
}
