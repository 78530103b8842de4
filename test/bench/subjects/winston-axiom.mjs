import { WinstonTransport } from '@axiomhq/winston';
import { winstonOn } from './loggers.mjs';

export function open({ endpoint }) {
  const transport = new WinstonTransport({ dataset: 'bench', token: 'xaat-bench', url: endpoint });
  return { ...winstonOn(transport), close: () => new Promise((resolve) => transport.flush(resolve)) };
}
