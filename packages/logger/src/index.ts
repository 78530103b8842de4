export { TraceHubLogger, type TraceHubLoggerOptions } from './trace-hub-logger.ts';
export type { Logger } from './logger.ts';
export type { LogDetails } from './to-record.ts';
export {
  TraceHubConfigError,
  callerStack,
  type DropReason,
  type Receipt,
  type SenderOptions,
  type Stats,
} from '@tracehub/core-sender';
