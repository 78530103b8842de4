import type { Warnings } from '../warnings.ts';
import { advisoryLocks, type Database } from './database.ts';
import { partitionsOfLogs } from './partitions.ts';

/** How often old entries are looked for; ms. */
const interval = 60 * 60_000;

/**
 * Drops the partitions whose every entry is older than `days`, and everything else from before the end of the last of
 * them: counts, issues that were not seen since, refused entries. Of processes that do this at the same moment, one does it.
 */
export async function dropOldPartitions(database: Database, days: number): Promise<string[]> {
  return await database.transaction(async (transaction) => {
    const [lock] = await transaction.query<{ mine: boolean }>(
      'select pg_try_advisory_xact_lock($1) as mine',
      [advisoryLocks.retention],
    );
    if (!lock?.mine) return [];
    // With the lock for making partitions, so that none is made anew in the middle.
    await transaction.query('select pg_advisory_xact_lock($1)', [advisoryLocks.partitions]);
    const old = await transaction.query<{ name: string }>(
      `select name from (${partitionsOfLogs}) as partitions
       where start + length <= (now() at time zone 'UTC') - make_interval(days => $1) order by name`,
      [days],
    );
    for (const { name } of old) await transaction.run(`drop table ${name}`);
    // The partition of a year that is not over yet keeps what belongs to it.
    const [kept] = await transaction.query<{ since: string }>(
      `select least(date_trunc('month', now() - make_interval(days => $1), 'UTC'),
         min(start)::timestamp at time zone 'UTC')::text as since
       from (${partitionsOfLogs}) as partitions`,
      [days],
    );
    for (const [table, time] of [
      ['log_counts', 'start'],
      ['issue_counts', 'hour'],
      ['issues', 'last_seen'],
      ['refused_entries', 'refused_at'],
    ]) {
      await transaction.query(`delete from ${table} where ${time} < $1`, [kept?.since]);
    }
    return old.map(({ name }) => name);
  });
}

/** Drops old partitions now and every hour; returns what ends that. */
export function startRetention(database: Database, days: number, warnings: Warnings): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  const look = (): void => {
    running = dropOldPartitions(database, days).then(
      () => {},
      (error: Error) => warnings.say('retention', `old entries could not be deleted: ${error.message}`),
    );
  };
  look();
  const timer = setInterval(look, interval);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
