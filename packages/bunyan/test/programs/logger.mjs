import { traceHubStream } from '@tracehub/bunyan';
import bunyan from 'bunyan';

/** How many entries each program logs before it does what it is named after. */
export const COUNT = 100;

/** A logger with {@link COUNT} entries in the memory of its stream. */
export function loggerWithEntries() {
  const entry = traceHubStream({
    apiKey: 'th_test',
    service: 'shop',
    environment: 'test',
    // Longer than any test: nothing leaves before the program comes to its end.
    flushInterval: 60_000,
    batchSize: 10_000,
  });
  const logger = bunyan.createLogger({ name: 'app', streams: [entry] });
  for (let index = 0; index < COUNT; index++) logger.info(`entry ${index}`);
  return { logger, stream: entry.stream };
}
