import type { Queryable } from '../store/database.ts';
import type { LogLevel } from '../store/log-row.ts';
import type { Counted, LevelCounts } from './answers.ts';
import { isoTime } from './iso-time.ts';
import { filterNames, type Filters } from './query-schema.ts';
import { addLevels, addLogConditions, toTimes, Where } from './where.ts';

/** Matching entries that are counted one by one at most; see `Counted`. */
const maxCounted = 20_000;

/** Entries by bucket and level. */
export interface EntryCounts extends Counted {
  groups: { bucket: string; level: LogLevel; count: number }[];
}

/**
 * Counts matching entries. Filters that know of levels and times only are answered from `log_counts`, which
 * holds the number for each minute, however many there are; others by counting the newest.
 */
export async function countEntries(
  database: Queryable,
  project: number,
  filters: Filters,
  bucketSeconds = 86_400,
): Promise<EntryCounts> {
  const parameters: unknown[] = [];
  const byMinute = isCountedByMinute(filters);
  const source = byMinute
    ? countedByMinute(parameters, project, filters)
    : `${countedOneByOne(parameters, project, filters)} order by timestamp desc limit ${maxCounted}`;
  const width = `make_interval(secs => $${parameters.push(bucketSeconds)})`;
  const rows = await database.query<EntryCounts['groups'][number] & { oldest: string }>(
    `select ${isoTime(`date_bin(${width}, time, timestamptz '1970-01-01 00:00:00+00')`)} as bucket, level,
       sum(count)::float8 as count, ${isoTime('min(time)')} as oldest
     from (${source}) as counted group by 1, 2`,
    parameters,
  );
  const total = rows.reduce((sum, { count }) => sum + count, 0);
  const oldest = rows.map((row) => row.oldest).sort()[0];
  return {
    groups: rows.map(({ bucket, level, count }) => ({ bucket, level, count })),
    counted_from: byMinute || total < maxCounted ? null : (oldest ?? null),
  };
}

/** Nothing of any level. */
export const noEntries: Readonly<LevelCounts> = { DEBUG: 0, INFO: 0, WARN: 0, ERROR: 0, FATAL: 0 };

/** Entries of each level, over all buckets. */
export function sumByLevel({ groups }: EntryCounts): LevelCounts {
  const sums = { ...noEntries };
  for (const { level, count } of groups) sums[level] += count;
  return sums;
}

/** Whether the table of counts can tell. */
export function isCountedByMinute(filters: Filters): boolean {
  const known: (keyof Filters)[] = ['level', 'from_ts', 'to_ts'];
  return filterNames.every((name) => known.includes(name) || filters[name] === undefined);
}

function countedOneByOne(parameters: unknown[], project: number, filters: Filters): string {
  const where = addLogConditions(new Where(parameters), project, filters);
  return `select timestamp as time, level, 1 as count from logs where ${where.sql}`;
}

/** Whole minutes from the counts; what of the first and the last minute lies within the range, from the entries. */
function countedByMinute(parameters: unknown[], project: number, filters: Filters): string {
  const { from, to } = toTimes(filters);
  const first = from === undefined ? undefined : firstWholeMinute(from);
  const end = to === undefined ? undefined : endOfLastWholeMinute(to);
  if (first !== undefined && end !== undefined && first >= end) {
    return countedOneByOne(parameters, project, filters);
  }
  const whole = addLevels(new Where(parameters).and('project_id = ?', project), filters.level);
  if (first !== undefined) whole.and('minute >= ?', first);
  if (end !== undefined) whole.and('minute < ?', end);
  const parts = [`select minute as time, level, count from log_counts where ${whole.sql}`];
  const { level } = filters;
  const levels = level === undefined ? {} : { level };
  if (from !== undefined && first !== undefined && from < first) {
    const part = { ...levels, from_ts: from, to_ts: lastMicrosecondBefore(first) };
    parts.push(countedOneByOne(parameters, project, part));
  }
  if (to !== undefined && end !== undefined && end <= to) {
    parts.push(countedOneByOne(parameters, project, { ...levels, from_ts: end, to_ts: to }));
  }
  return parts.join(' union all ');
}

/** Times are UTC with six digits (`2026-11-22T10:00:00.123456Z`), which sort as text. */
function firstWholeMinute(time: string): string {
  return time.slice(16) === ':00.000000Z' ? time : minuteAfter(time);
}

function endOfLastWholeMinute(time: string): string {
  return time.slice(16) === ':59.999999Z' ? minuteAfter(time) : `${time.slice(0, 16)}:00.000000Z`;
}

function minuteAfter(time: string): string {
  const next = new Date(Date.parse(`${time.slice(0, 16)}:00Z`) + 60_000);
  return `${next.toISOString().slice(0, 16)}:00.000000Z`;
}

function lastMicrosecondBefore(minute: string): string {
  return `${new Date(Date.parse(minute) - 1).toISOString().slice(0, 19)}.999999Z`;
}
