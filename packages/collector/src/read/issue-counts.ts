import type { Queryable } from '../store/database.ts';
import type { IssueAnswer, IssueRecord } from './answers.ts';
import { chooseInterval, fillBuckets, hour } from './buckets.ts';
import { isoTime } from './iso-time.ts';

/** How often issues occurred in each of the 24 hours that end with the running one, by fingerprint. */
export async function countLast24Hours(
  database: Queryable,
  project: number,
  fingerprints: readonly string[],
): Promise<Map<string, number[]>> {
  const rows = await database.query<{ fingerprint: string; hours_ago: number; count: number }>(
    `select fingerprint, count::float8 as count,
       (extract(epoch from date_trunc('hour', now(), 'UTC') - hour) / 3600)::float8 as hours_ago
     from issue_counts
     where project_id = $1 and fingerprint = any($2::text[])
       and hour between date_trunc('hour', now(), 'UTC') - interval '23 hours' and now()`,
    [project, fingerprints],
  );
  const counts = new Map(fingerprints.map((fingerprint) => [fingerprint, Array<number>(24).fill(0)]));
  for (const { fingerprint, hours_ago, count } of rows) {
    (counts.get(fingerprint) as number[])[23 - hours_ago] = count;
  }
  return counts;
}

/** How often an issue occurred from its first to its last entry. */
export async function issueTimeline(
  database: Queryable,
  project: number,
  { fingerprint, first_seen, last_seen }: IssueRecord,
): Promise<IssueAnswer['timeline']> {
  const range = { from: Date.parse(first_seen), to: Date.parse(last_seen) };
  const interval = chooseInterval(range, hour);
  const rows = await database.query<{ ts: string; count: number }>(
    `select ${isoTime(`date_bin(make_interval(secs => $3), hour, timestamptz '1970-01-01 00:00:00+00')`)} as ts,
       sum(count)::float8 as count
     from issue_counts where project_id = $1 and fingerprint = $2 group by 1`,
    [project, fingerprint, interval],
  );
  const counts = new Map(rows.map(({ ts, count }) => [Date.parse(ts), count]));
  const buckets = fillBuckets(range, interval, (time) => ({ count: counts.get(time) ?? 0 }));
  return { interval, buckets };
}
