export { traceHubStream, type TraceHubStreamEntry, type TraceHubStreamOptions } from './stream-entry.ts';
export { TraceHubStream } from './stream.ts';
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
