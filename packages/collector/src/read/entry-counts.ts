import type { Queryable } from '../store/database.ts';
import type { LogLevel } from '../store/log-row.ts';
import type { Counted, LevelCounts } from './answers.ts';
import { isoTime } from './iso-time.ts';
import { filterNames, type Filters } from './query-schema.ts';
import { addLevels, addLogConditions, toTimes, Where } from './where.ts';
import { justBefore, startOfLast, startOfNext, type Unit } from './whole-units.ts';

/** Matching entries that are counted one by one at most; see `Counted`. */
const maxCounted = 10_000;

/** Entries by bucket and level. */
export interface EntryCounts extends Counted {
  groups: { bucket: string; level: LogLevel; count: number }[];
}

/**
 * Counts matching entries. Filters that know of levels and times only are answered from `log_counts`, which holds
 * the numbers of each hour and minute, however large; others by counting the newest.
 */
export async function countEntries(
  database: Queryable,
  project: number,
  filters: Filters,
  bucketSeconds = 86_400,
): Promise<EntryCounts> {
  const parameters: unknown[] = [];
  const isExact = isCountedAhead(filters);
  const source = isExact
    ? countedAhead(parameters, project, filters, bucketSeconds % 3600 === 0 ? 'hour' : 'minute')
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
    counted_from: isExact || total < maxCounted ? null : (oldest ?? null),
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
export function isCountedAhead(filters: Filters): boolean {
  const known: (keyof Filters)[] = ['level', 'from_ts', 'to_ts'];
  return filterNames.every((name) => known.includes(name) || filters[name] === undefined);
}

function countedOneByOne(parameters: unknown[], project: number, filters: Filters): string {
  const where = addLogConditions(new Where(parameters), project, filters);
  return `select timestamp as time, level, 1 as count from logs where ${where.sql}`;
}

/**
 * Whole hours from their counts, the whole minutes that are left at both ends from theirs, and what then is left of
 * a minute from the entries.
 */
function countedAhead(parameters: unknown[], project: number, filters: Filters, unit: Unit): string {
  const { from, to } = toTimes(filters);
  const levels = filters.level === undefined ? {} : { level: filters.level };
  const between = (from_ts: string, to_ts: string): string =>
    unit === 'hour'
      ? countedAhead(parameters, project, { ...levels, from_ts, to_ts }, 'minute')
      : countedOneByOne(parameters, project, { ...levels, from_ts, to_ts });

  const start = from === undefined ? undefined : startOfNext(unit, from);
  const end = to === undefined ? undefined : startOfLast(unit, to);
  if (from !== undefined && to !== undefined && (start as string) >= (end as string))
    return between(from, to);

  const whole = new Where(parameters).and('project_id = ? and unit = ?::count_unit', project, unit);
  addLevels(whole, filters.level);
  if (start !== undefined) whole.and('start >= ?', start);
  if (end !== undefined) whole.and('start < ?', end);
  const parts = [`select start as time, level, count from log_counts where ${whole.sql}`];
  if (from !== undefined && start !== undefined && from < start) parts.push(between(from, justBefore(start)));
  if (to !== undefined && end !== undefined && end <= to) parts.push(between(end, to));
  return parts.join(' union all ');
}
