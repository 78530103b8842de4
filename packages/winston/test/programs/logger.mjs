import { TraceHubTransport } from '@tracehub/winston';
import winston from 'winston';

/** How many entries each program logs before it does what it is named after. */
export const COUNT = 100;

/** A logger with {@link COUNT} entries in the memory of its transport. */
export function loggerWithEntries(transportOptions = {}, loggerOptions = {}) {
  const transport = new TraceHubTransport({
    apiKey: 'th_test',
    service: 'shop',
    environment: 'test',
    // Longer than any test: nothing leaves before the program comes to its end.
    flushInterval: 60_000,
    batchSize: 10_000,
    ...transportOptions,
  });
  const logger = winston.createLogger({ transports: [transport], ...loggerOptions });
  for (let index = 0; index < COUNT; index++) logger.info(`entry ${index}`);
  return { logger, transport };
}

/** Prints how long the process lives from now on: shorter than winston waits, or somebody was not told. */
export function printTimeToExit() {
  const start = performance.now();
  process.on('exit', () => console.log(`exit after ${Math.round(performance.now() - start)} ms`));
}
