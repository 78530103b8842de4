import { TraceHubLogger } from '@tracehub/logger';

/** How many entries each program logs before it does what it is named after. */
export const COUNT = 100;

/** A logger with {@link COUNT} entries in its memory. */
export function loggerWithEntries() {
  const logger = new TraceHubLogger({
    apiKey: 'th_test_key',
    service: 'shop',
    environment: 'test',
    // Longer than the test waits: the end of the program has to send.
    flushInterval: 60_000,
    batchSize: 10_000,
  });
  for (let index = 0; index < COUNT; index++) logger.info(`entry ${index}`);
  return logger;
}
