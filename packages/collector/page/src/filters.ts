import { useCallback } from 'preact/hooks';
import { useSearchParams } from 'wouter-preact';
import type { LogLevel } from '../../src/store/log-row.ts';

/** What the filter bar holds, as it stands in the location, so that a view can be linked. */
export interface Filters {
  q?: string | undefined;
  level?: LogLevel[] | undefined;
  service?: string | undefined;
  module?: string | undefined;
  environment?: string | undefined;
  trace_id?: string | undefined;
  extra?: string | undefined;
  from_ts?: string | undefined;
  to_ts?: string | undefined;
}

/** Levels, the least severe first. */
export const levels: readonly LogLevel[] = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

/** Filters that hold one text. */
export const textFilters = [
  'q',
  'service',
  'module',
  'environment',
  'trace_id',
  'extra',
  'from_ts',
  'to_ts',
] as const;

/** The filters of the location, and how to change some of them: `undefined` takes one out. */
export function useFilters(): [Filters, (change: Filters) => void] {
  const [parameters, setParameters] = useSearchParams();
  const filters: Filters = {};
  for (const name of textFilters) {
    const value = parameters.get(name);
    if (value) filters[name] = value;
  }
  const chosen = levels.filter((level) => parameters.getAll('level').includes(level));
  if (chosen.length > 0) filters.level = chosen;

  const change = useCallback(
    (changes: Filters) => {
      setParameters((before) => {
        const after = new URLSearchParams(before);
        for (const [name, value] of Object.entries(changes)) {
          after.delete(name);
          for (const one of [value ?? []].flat()) if (one !== '') after.append(name, one);
        }
        return after;
      });
    },
    [setParameters],
  );
  return [filters, change];
}
