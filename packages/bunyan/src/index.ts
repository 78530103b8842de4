export { traceHubStream, type TraceHubStreamEntry, type TraceHubStreamOptions } from './stream-entry.ts';
export { TraceHubStream } from './stream.ts';
export {
  TraceHubConfigError,
  callerStack,
  type DropReason,
  type Receipt,
  type SenderOptions,
  type Stats,
} from '@tracehub/core-sender';
