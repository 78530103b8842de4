import { Writable } from 'node:stream';
import { TraceHubTransport } from '@tracehub/winston';
import winston from 'winston';
import type { HostileLogger, LoggerPair } from '../hostile-run.ts';
import { type TestOptions, senderOptions } from '../sender-options.ts';

/** winston with a format that leaves records as they are: our transport meets the values themselves. */
export function makeWinstonPair(endpoint: string, options?: TestOptions): LoggerPair {
  return Object.assign(makePair(endpoint, options, winston.format((info) => info)()), {
    canTake: () => true,
  });
}

/** winston as it is without a format of the user's own: the record is made JSON before a transport sees it. */
export function makeWinstonJsonPair(endpoint: string, options?: TestOptions): LoggerPair {
  return makePair(endpoint, options);
}

function makePair(
  endpoint: string,
  options: TestOptions | undefined,
  format?: winston.Logform.Format,
): LoggerPair {
  const transport = new TraceHubTransport(senderOptions(endpoint, options));
  let records = 0;
  const stream = new Writable({
    write(_line, _encoding, done): void {
      records++;
      done();
    },
  });
  const counter = new winston.transports.Stream({ stream });
  const create = (to: winston.transport): winston.Logger =>
    winston.createLogger({ level: 'silly', ...(format ? { format } : {}), transports: [to] });
  const make = (): Pick<LoggerPair, 'subject' | 'bare'> => ({
    subject: logger(create(transport)),
    bare: logger(create(counter)),
  });
  const pair: LoggerPair = {
    ...make(),
    // An exception inside winston's own stream leaves it waiting for ever for the end of that record.
    renew: () => void Object.assign(pair, make()),
    bareRecords: () => records,
    stats: () => transport.stats(),
    flush: () => transport.flush(),
    close: () => transport.close(),
    canTake: (value) => value.isHeavy !== true,
  };
  return pair;
}

function logger(log: winston.Logger): HostileLogger {
  return {
    say: (text) => void log.info(text),
    log(place, value) {
      switch (place) {
        case 'field':
          return void log.info(place, { value });
        case 'message':
          return void log.warn(value as string);
        case 'error':
          return void log.error(place, value);
        case 'child':
          return void log.child({ bound: value }).error(place);
        case 'fields':
          return void log.log({ level: 'debug', message: place, ...(value as object) });
        case 'bindings':
          return void log.child(value as object).error(place);
      }
    },
  };
}
