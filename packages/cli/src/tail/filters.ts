import type { Level } from '@tracehub/core-sender';
import { levelRank } from '@tracehub/core-sender/dead-letters';

/** Which entries to follow; as `GET /api/v1/logs` takes them, but for `level`, which here is the least. */
export interface TailFilters {
  level?: Level;
  service?: string;
  module?: string;
  environment?: string;
  traceId?: string;
  query?: string;
}

const LEVELS: readonly Level[] = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

/** The filters as the server's query string. */
export function toQuery(filters: TailFilters): URLSearchParams {
  const { level, service, module, environment, traceId, query } = filters;
  const pairs = Object.entries({ q: query, service, module, environment, trace_id: traceId });
  const given = pairs.filter((pair): pair is [string, string] => pair[1] !== undefined);
  const levels = level === undefined ? [] : LEVELS.filter((name) => levelRank(name) >= levelRank(level));
  return new URLSearchParams([...given, ...levels.map((name): [string, string] => ['level', name])]);
}
