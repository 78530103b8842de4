// What a TypeScript app may write; compiled as an ES module and as CommonJS.
import {
  type LogDetails,
  type Logger,
  type Receipt,
  type Stats,
  TraceHubLogger,
  type TraceHubLoggerOptions,
} from '@tracehub/logger';

const options: TraceHubLoggerOptions = {
  service: 'shop',
  environment: 'production',
  level: 'info',
  closeOnSignal: ['SIGTERM'],
};

export const logger: TraceHubLogger = new TraceHubLogger(options);
export const orders: Logger = logger.child({ module: 'orders' });
export const stats: Stats = orders.stats();
export const receipt: Promise<Receipt> = logger.flush();

const details: LogDetails = { extra: { order: 17 }, exception: new Error('out of stock') };
orders.error('order failed', details);
orders.error('order failed', new Error('out of stock'));

// @ts-expect-error -- milliseconds are a number
export const wrong: TraceHubLogger = new TraceHubLogger({ ...options, flushInterval: '5s' });
