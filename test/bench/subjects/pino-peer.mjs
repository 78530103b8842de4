import { setTimeout as sleep } from 'node:timers/promises';
import { logtailOptions } from './logtail.mjs';
import { openPino } from './loggers.mjs';

/** Options of each peer, by the name of its package; `room` is added where the burst would not fit otherwise. */
const PEERS = {
  'pino-elasticsearch': {
    options: (endpoint) => ({ node: endpoint, esVersion: 9, flushBytes: 2 ** 20, flushInterval: 1_000 }),
  },
  '@autotelic/pino-seq-transport': {
    options: (endpoint) => ({ loggerOpts: { serverUrl: endpoint } }),
    // It does not close its client: the last two seconds would be lost.
    lingerMs: 2_500,
  },
  'pino-loki': {
    options: (endpoint) => ({ host: endpoint, labels: { app: 'bench' } }),
    room: { batching: { maxBufferSize: 0 } },
  },
  '@logtail/pino': {
    options: (endpoint, isRoomy) => ({
      sourceToken: 'bench',
      options: logtailOptions({ endpoint, isRoomy }),
    }),
  },
  '@axiomhq/pino': { options: (endpoint) => ({ dataset: 'bench', token: 'xaat-bench', url: endpoint }) },
  'pino-opentelemetry-transport': {
    options: (endpoint, isRoomy) => ({
      loggerName: 'bench',
      serviceVersion: '1.0.0',
      resourceAttributes: { 'service.name': 'bench' },
      logRecordProcessorOptions: {
        recordProcessorType: 'batch',
        exporterOptions: {
          protocol: 'http/protobuf',
          protobufExporterOptions: { url: `${endpoint}/v1/logs` },
        },
        processorConfig: isRoomy ? { maxQueueSize: 10_000_000, maxExportBatchSize: 1_000 } : {},
      },
    }),
  },
};

export function open({ endpoint, isRoomy, options: { target } }) {
  const { options, room, lingerMs = 0 } = PEERS[target];
  const opened = openPino({ target, options: { ...options(endpoint, isRoomy), ...(isRoomy ? room : {}) } });
  return { log: opened.log, close: () => sleep(lingerMs).then(opened.close) };
}
