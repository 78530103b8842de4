import { traceHubStream } from '@tracehub/bunyan';
import { bunyanOn } from './loggers.mjs';
import { senderOptions } from './tracehub.mjs';

export function open(opening) {
  const entry = traceHubStream(senderOptions(opening));
  return { ...bunyanOn(entry), close: () => entry.stream.close() };
}
