import { traceHubStream, traceHubTransport } from '@tracehub/pino';
import pino from 'pino';
import type { HostileLogger, LoggerPair } from '../hostile-run.ts';
import { type TestOptions, senderOptions } from '../sender-options.ts';

/** pino with the stream that sends from the app's own thread. */
export function makePinoStreamPair(endpoint: string, options?: TestOptions): LoggerPair {
  return makePair(traceHubStream(senderOptions(endpoint, options)));
}

/** pino with its worker thread. */
export function makePinoWorkerPair(endpoint: string, options?: TestOptions): LoggerPair {
  return makePair(traceHubTransport(senderOptions(endpoint, options)));
}

function makePair(
  destination: ReturnType<typeof traceHubStream> | ReturnType<typeof traceHubTransport>,
): LoggerPair {
  let records = 0;
  const counter = {
    // For a few values pino writes a line that is no JSON and may hold line breaks.
    write: (lines: string) => void (records += lines.split('\n').filter((line) => line.trim() !== '').length),
  };
  const create = (stream: pino.DestinationStream): pino.Logger => pino({ level: 'trace' }, stream);
  return {
    subject: logger(create(destination)),
    bare: logger(create(counter)),
    bareRecords: () => records,
    renew: () => {},
    stats: () => destination.stats(),
    flush: () => destination.flush(),
    close: () => destination.close(),
    canTake: (value) => value.isHeavy !== true,
  };
}

function logger(log: pino.Logger): HostileLogger {
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
