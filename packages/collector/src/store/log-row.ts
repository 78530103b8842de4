/**
 * Values of the type `log_level`. Declared here and not taken from the sender, since what reading gives is typed
 * with it and users of the collector need not have the sender.
 */
export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';

/** Whether entries of a level make issues, and so have a fingerprint. */
export function isErrorLevel(level: LogLevel): boolean {
  return level === 'ERROR' || level === 'FATAL';
}

/** One entry as the `logs` table takes it: validated, its timestamp in UTC with six digits. */
export interface LogRow {
  project_id: number;
  id: string;
  timestamp: string;
  level: LogLevel;
  message: string;
  service: string | null;
  environment: string | null;
  host: string | null;
  pid: number | null;
  thread_id: string | null;
  sdk_version: string | null;
  trace_id: string | null;
  module: string | null;
  error_type: string | null;
  error_message: string | null;
  stack_trace: string | null;
  extra: Record<string, unknown> | null;
  /** Key of the issue this entry counts for; `null` below ERROR. */
  fingerprint: string | null;
}
