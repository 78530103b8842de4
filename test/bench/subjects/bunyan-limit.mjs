import { bunyanOn } from './loggers.mjs';
import { Shipper } from './shipper.mjs';

export function open({ endpoint, options }) {
  const shipper = new Shipper(endpoint, options);
  return {
    ...bunyanOn({ type: 'stream', stream: { write: (line) => shipper.add(line) } }),
    close: () => shipper.close(),
  };
}
