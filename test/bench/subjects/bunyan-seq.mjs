import { once } from 'node:events';
import seq from 'bunyan-seq';
import { bunyanOn } from './loggers.mjs';

export function open({ endpoint }) {
  const entry = seq.createStream({ serverUrl: endpoint, level: 'info' });
  return {
    ...bunyanOn(entry),
    close() {
      const finished = once(entry.stream, 'finish');
      entry.stream.end();
      return finished;
    },
  };
}
