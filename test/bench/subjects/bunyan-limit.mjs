import { bunyanOn } from './loggers.mjs';
import { Shipper } from './shipper.mjs';

export function open({ endpoint }) {
  const shipper = new Shipper(endpoint);
  return {
    ...bunyanOn({ type: 'stream', stream: { write: (line) => shipper.add(line) } }),
    close: () => shipper.close(),
  };
}
