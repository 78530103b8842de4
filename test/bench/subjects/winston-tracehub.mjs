import { TraceHubTransport } from '@tracehub/winston';
import { winstonOn } from './loggers.mjs';
import { senderOptions } from './tracehub.mjs';

export function open(opening) {
  const transport = new TraceHubTransport(senderOptions(opening));
  return { ...winstonOn(transport), close: () => transport.close() };
}
