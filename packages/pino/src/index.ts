export { default } from './target.ts';
export { traceHubTransport, type TraceHubTransport } from './transport.ts';
export { traceHubStream, type TraceHubStream } from './stream.ts';
export { traceMixin } from './trace-mixin.ts';
export type {
  TraceHubPinoOptions,
  TraceHubPinoOptions as TraceHubOptions,
  TraceHubStreamOptions,
  TraceHubTransportOptions,
} from './options.ts';
export {
  TraceHubConfigError,
  callerStack,
  type DropReason,
  type Flushable,
  type Receipt,
  type SenderOptions,
  type Stats,
  type WithFlushOptions,
  withFlush,
} from '@tracehub/core-sender';
