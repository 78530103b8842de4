// What a TypeScript app may write; compiled as an ES module and as CommonJS.
import {
  type Receipt,
  type Stats,
  TraceHubStream,
  type TraceHubStreamOptions,
  traceHubStream,
} from '@tracehub/bunyan';
import bunyan from 'bunyan';

const options: TraceHubStreamOptions = {
  service: 'shop',
  environment: 'production',
  level: 'info',
  closeOnSignal: ['SIGTERM'],
};

const entry = traceHubStream(options);
export const logger: bunyan = bunyan.createLogger({ name: 'orders', streams: [entry] });
export const stats: Stats = entry.stream.stats();
export const receipt: Promise<Receipt> = entry.stream.flush();

const stream = new TraceHubStream({ service: 'shop', environment: 'production' });
export const byHand: bunyan = bunyan.createLogger({ name: 'orders', streams: [{ type: 'raw', stream }] });

// @ts-expect-error -- milliseconds are a number
traceHubStream({ ...options, flushInterval: '5s' });
