export { TraceHubTransport, TraceHubTransport as default } from './transport.ts';
export type { TraceHubTransportOptions } from './options.ts';
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
