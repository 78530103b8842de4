// What a TypeScript app may write; compiled as an ES module and as CommonJS.
import TraceHub, {
  type Receipt,
  type Stats,
  TraceHubTransport,
  type TraceHubTransportOptions,
} from '@tracehub/winston';
import winston from 'winston';

const options: TraceHubTransportOptions = {
  service: 'shop',
  environment: 'production',
  level: 'http',
  format: winston.format.uncolorize(),
  handleExceptions: true,
  closeOnSignal: ['SIGTERM'],
};

const transport = new TraceHubTransport(options);
export const byDefault: TraceHubTransport = new TraceHub(options);
export const logger: winston.Logger = winston.createLogger({ transports: [transport] });
export const stats: Stats = transport.stats();
export const receipt: Promise<Receipt> = transport.flush();

// @ts-expect-error -- milliseconds are a number
export const wrong: TraceHubTransport = new TraceHubTransport({ ...options, flushInterval: '5s' });
