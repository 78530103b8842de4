export { TraceHubTransport, TraceHubTransport as default } from './transport.ts';
export type { TraceHubTransportOptions } from './options.ts';
export {
  TraceHubConfigError,
  callerStack,
  type DropReason,
  type Receipt,
  type SenderOptions,
  type Stats,
} from '@tracehub/core-sender';
