import { traceHubStream, traceHubTransport, traceMixin } from '@tracehub/pino';
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

/** The same as {@link makePinoStreamPair} with the mixin, beside a pino without it; fields are searched for errors. */
export function makePinoMixinPair(endpoint: string, options?: TestOptions): LoggerPair {
  return makePair(traceHubStream(senderOptions(endpoint, options)), { mixin: traceMixin }, 'warn');
}

function makePair(
  destination: ReturnType<typeof traceHubStream> | ReturnType<typeof traceHubTransport>,
  config: pino.LoggerOptions = {},
  fieldLevel: 'info' | 'warn' = 'info',
): LoggerPair {
  let records = 0;
  const counter = {
    // For a few values pino writes a line that is no JSON and may hold line breaks.
    write: (lines: string) => void (records += lines.split('\n').filter((line) => line.trim() !== '').length),
  };
  return {
    subject: logger(pino({ level: 'trace', ...config }, destination), fieldLevel),
    bare: logger(pino({ level: 'trace' }, counter), fieldLevel),
    bareRecords: () => records,
    renew: () => {},
    stats: () => destination.stats(),
    flush: () => destination.flush(),
    close: () => destination.close(),
    canTake: (value) => value.isHeavy !== true,
  };
}

function logger(log: pino.Logger, fieldLevel: 'info' | 'warn'): HostileLogger {
  return {
    say: (text) => log.info(text),
    log(place, value) {
      switch (place) {
        case 'field':
          return log[fieldLevel]({ value }, place);
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
