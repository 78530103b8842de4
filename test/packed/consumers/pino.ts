// What a TypeScript app may write; compiled as an ES module and as CommonJS.
import tracehub, {
  type Receipt,
  type Stats,
  type TraceHubPinoOptions,
  traceHubStream,
  traceHubTransport,
  traceMixin,
} from '@tracehub/pino';
import pino from 'pino';

const options: TraceHubPinoOptions = { service: 'shop', environment: 'production', flushInterval: 1000 };

export const byName: pino.Logger = pino({ transport: { target: '@tracehub/pino', options } });
export const target: (options: TraceHubPinoOptions) => unknown = tracehub;

const transport = traceHubTransport({ ...options, closeOnSignal: ['SIGTERM'] });
export const logger: pino.Logger = pino({ mixin: traceMixin }, transport);
export const stats: Stats = transport.stats();
export const receipt: Promise<Receipt> = transport.flush();

export const inProcess: pino.Logger = pino(traceHubStream({ ...options, messageKey: 'text' }));

// @ts-expect-error -- milliseconds are a number
traceHubTransport({ ...options, flushInterval: '5s' });
