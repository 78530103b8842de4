import { randomUUID } from 'node:crypto';
import { toFingerprint } from '../issues/fingerprint.ts';
import type { LogRow } from '../store/log-row.ts';
import type { ValidEntry } from './validate-entry.ts';

/** A valid entry as a row of its project. An entry without id gets one of its own: it cannot be recognised when it comes again. */
export function entryToRow(entry: ValidEntry, projectId: number): LogRow {
  return {
    project_id: projectId,
    id: entry.id ?? randomUUID(),
    timestamp: entry.timestamp,
    level: entry.level,
    message: entry.message,
    // As on the original server, an empty text and the process id 0 mean "not known".
    service: entry.service || null,
    environment: entry.environment || null,
    host: entry.host || null,
    pid: entry.pid || null,
    thread_id: entry.thread_id || null,
    sdk_version: entry.sdk_version || null,
    trace_id: entry.trace_id || null,
    module: entry.module || null,
    error_type: entry.error_type ?? null,
    error_message: entry.error_message ?? null,
    stack_trace: entry.stack_trace ?? null,
    extra: entry.extra ?? null,
    fingerprint: toFingerprint(entry) ?? null,
  };
}
