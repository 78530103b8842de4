import { traceHubStream } from '@tracehub/pino';
import { pinoOn } from './loggers.mjs';
import { senderOptions } from './tracehub.mjs';

export function open(opening) {
  const stream = traceHubStream(senderOptions(opening));
  return { ...pinoOn(stream), close: () => stream.close() };
}
