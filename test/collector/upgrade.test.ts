import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Database } from '../../packages/collector/src/store/database.ts';
import { KeyStore } from '../../packages/collector/src/keys/key-store.ts';
import { LogStore } from '../../packages/collector/src/store/log-store.ts';
import { migrate } from '../../packages/collector/src/store/migrate.ts';
import { openPGlite } from '../../packages/collector/src/store/pglite.ts';
import { advisoryLocks } from '../../packages/collector/src/store/database.ts';
import { openPostgres } from '../../packages/collector/src/store/postgres.ts';
import { startPostgres } from '../kit/servers/servers.ts';
import { row, storeRows } from './rows.ts';

const sql = join(import.meta.dirname, '../../packages/collector/sql');

const engines: Record<string, () => Promise<Database>> = {
  PGlite: () => openPGlite('memory'),
  PostgreSQL: () => openPostgres(startPostgres().createDatabase('upgrade')),
};

/** A database as the first release left it: its three migrations, a project with a key, entries of two months. */
async function setUpFirstRelease(database: Database): Promise<void> {
  await database.run(
    'create table schema_migrations (name text primary key, applied_at timestamptz default now())',
  );
  for (const name of (await readdir(sql)).sort().slice(0, 3)) {
    await database.run(await readFile(join(sql, name), 'utf8'));
    await database.query('insert into schema_migrations (name) values ($1)', [name]);
  }
  await database.run(`
    insert into projects (name) values ('default');
    insert into api_keys (key_hash, project_id, name)
      values (sha256('th_old_key'), 1, 'development'), (sha256('th_retired'), 1, 'development');
    update api_keys set active = false where key_hash = sha256('th_retired');
    create table logs_2026_10 partition of logs
      for values from ('2026-10-01 00:00:00+00') to ('2026-11-01 00:00:00+00');
    create table logs_2026_11 partition of logs
      for values from ('2026-11-01 00:00:00+00') to ('2026-12-01 00:00:00+00');
    insert into logs (project_id, id, timestamp, level, message, extra, fingerprint)
      select 1, 'old-' || n, timestamptz '2026-10-31 23:00:00+00' + n * interval '1 minute', 'ERROR', 'm',
        '{"n": 1}', 'f'
      from generate_series(1, 500) as n;
    insert into issues (project_id, fingerprint, title, level, status, count, first_seen, last_seen)
      values (1, 'f', 'm', 'ERROR', 'RESOLVED', 500, '2026-10-31 23:01:00+00', '2026-11-01 07:20:00+00');
  `);
}

describe.each(Object.keys(engines))('a database of the first release on %s', (engine) => {
  let database: Database;
  afterEach(() => database.close());

  it('is brought up to date with all it holds, and goes on counting', async () => {
    database = (await engines[engine]?.()) as Database;
    await setUpFirstRelease(database);
    await Promise.all([migrate(database), migrate(database)]);

    const keys = new KeyStore(database);
    expect(await keys.findProject('ingest', 'th_old_key')).toBe(1);
    expect(await keys.findProject('ingest', 'th_retired')).toBeUndefined();
    expect(await keys.findProject('read', 'th_old_key')).toBeUndefined();
    expect(await database.query('select count(*)::int as n, max(seq)::int as seq from logs')).toEqual([
      { n: 500, seq: 0 },
    ]);

    // Counted as if they had come in since: by minute and by hour, and by issue.
    const counts = (): Promise<unknown[]> =>
      database.query(
        `select unit::text as unit, count(*)::int as buckets, min(start)::text as first, sum(count)::int as entries
         from log_counts group by unit
         union all
         select 'issue', count(*)::int, min(hour)::text, sum(count)::int from issue_counts where fingerprint = 'f'
         order by 1`,
      );
    const first = '2026-10-31 23:00:00+00';
    expect(await counts()).toEqual([
      { unit: 'hour', buckets: 9, first, entries: 500 },
      { unit: 'issue', buckets: 9, first, entries: 500 },
      { unit: 'minute', buckets: 500, first: '2026-10-31 23:01:00+00', entries: 500 },
    ]);

    const store = new LogStore(database);
    // One that is there, one that is not and that happened after the issue was resolved (which is now).
    const later = new Date(Date.now() + 60_000).toISOString().replace('Z', '000Z');
    await storeRows(store, [
      row('old-1', { timestamp: '2026-10-31T23:01:00.000000Z' }),
      row('new-1', { timestamp: later }),
    ]);
    expect(await database.query('select count::int as count, status, resolved_at from issues')).toEqual([
      { count: 501, status: 'OPEN', resolved_at: null },
    ]);
    expect(await database.query('select count(*)::int as n, (max(seq) > 0) as numbered from logs')).toEqual([
      { n: 501, numbered: true },
    ]);
    expect((await counts()).map((row) => (row as { entries: number }).entries)).toEqual([501, 501, 501]);
  });
});

it('takes as long as it takes, beyond the time that other statements have', async () => {
  const url = startPostgres().createDatabase('patient');
  const database = await openPostgres(url, { statementTimeout: 100 });
  const other = await openPostgres(url);
  // As while another process migrates; beyond the time of the server (0.1 s) and of the driver (5.1 s).
  const held = other.transaction(async (inside) => {
    await inside.query('select pg_advisory_xact_lock($1)', [advisoryLocks.migrations]);
    await inside.query('select pg_sleep(6)');
  });
  await setTimeout(200);
  await migrate(database);
  await held;
  expect(await database.query('select count(*)::int as n from schema_migrations')).not.toEqual([{ n: 0 }]);
  await expect(database.query('select pg_sleep(1)')).rejects.toMatchObject({ code: '57014' });
  await database.close();
  await other.close();
});
