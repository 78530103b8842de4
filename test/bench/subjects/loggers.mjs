import { once } from 'node:events';
import bunyan from 'bunyan';
import pino from 'pino';
import winston from 'winston';
import { fieldsOf, messageOf } from '../record.mjs';

/**
 * What a subject opens: `log` makes one record, `close` ends the transport the way its README says.
 * @typedef {{ log: (n: number) => void, close: () => unknown }} Opened
 */

/** pino with a transport in its worker thread. @param {import('pino').TransportSingleOptions} target @returns {Opened} */
export function openPino(target) {
  const stream = pino.transport(target);
  const { log } = pinoOn(stream);
  return {
    log,
    close() {
      const closed = once(stream, 'close');
      stream.end();
      return closed;
    },
  };
}

/** @param {import('pino').DestinationStream} stream */
export function pinoOn(stream) {
  const logger = pino(stream);
  return { log: (n) => logger.info(fieldsOf(n), messageOf(n)) };
}

/** winston with JSON and a timestamp, as production has it. @param {import('winston').transport} transport */
export function winstonOn(transport) {
  const { combine, json, timestamp } = winston.format;
  const logger = winston.createLogger({ format: combine(timestamp(), json()), transports: [transport] });
  return { log: (n) => logger.info(messageOf(n), fieldsOf(n)), logger };
}

/** @param {import('bunyan').Stream} entry */
export function bunyanOn(entry) {
  const logger = bunyan.createLogger({ name: 'bench', streams: [entry] });
  return { log: (n) => logger.info(fieldsOf(n), messageOf(n)) };
}
