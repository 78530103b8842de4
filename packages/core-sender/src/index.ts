export { createSender } from './create-sender.ts';
export type { Sender } from './sender-interface.ts';
export { DEFAULT_ENDPOINT, type Redaction, type SenderOptions } from './options/options.ts';
export { callerStack } from './entry/caller-stack.ts';
export { type Flushable, type WithFlushOptions, withFlush } from './with-flush.ts';
export type { Stats } from './report/stats.ts';
export type { DropReason, Receipt } from './report/ledger.ts';
export { TraceHubConfigError, TraceHubError, TraceHubTransportError, isTraceHubError } from './errors.ts';

// For the adapters.
export { resolveOptions, type ConfigWarning } from './options/resolve-options.ts';
export type { ResolvedOptions } from './options/options.ts';
export type { AdapterProfile, LogRecord } from './entry/record.ts';
export type { LineLevel, LineProfile } from './entry/line-profile.ts';
export { isErrorLike, isRealError } from './entry/error-parts.ts';
export { errorToJson } from './entry/plain-error.ts';
export { ERROR_KEYS, type FoundError, errorAmongKeys, nestedError } from './entry/find-error.ts';
export { levelFromName, levelFromNumber } from './entry/level.ts';
export { closeOnSignals } from './signals.ts';
export { LineCutter } from './worker/line-cutter.ts';
export { createLineTaker } from './worker/line-taker.ts';

// The wire.
export type { Entry, IngestAnswer, JsonValue, Level, RejectedEntry } from './entry/entry.ts';
