export { TraceHubLogger, type TraceHubLoggerOptions } from './trace-hub-logger.ts';
export type { Logger } from './logger.ts';
export type { LogDetails } from './to-record.ts';
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
