import LokiTransport from 'winston-loki';
import { winstonOn } from './loggers.mjs';

export function open({ endpoint }) {
  const transport = new LokiTransport({ host: endpoint, labels: { app: 'bench' }, gracefulShutdown: false });
  return { ...winstonOn(transport), close: () => transport.flush() };
}
