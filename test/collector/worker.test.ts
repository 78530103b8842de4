import pg from 'pg';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createMetrics } from '../../packages/collector/src/metrics.ts';
import type { StoreGroup } from '../../packages/collector/src/queue/queue.ts';
import type { Database } from '../../packages/collector/src/store/database.ts';
import { LogStore } from '../../packages/collector/src/store/log-store.ts';
import { migrate } from '../../packages/collector/src/store/migrate.ts';
import { openPostgres } from '../../packages/collector/src/store/postgres.ts';
import { Warnings } from '../../packages/collector/src/warnings.ts';
import { createWorker } from '../../packages/collector/src/worker/worker.ts';
import { startPostgres, type PrivatePostgres } from '../kit/servers/servers.ts';
import { countsIn } from './kit/outcome.ts';
import { batchesOf, row } from './rows.ts';

let postgres: PrivatePostgres;
beforeAll(() => {
  postgres = startPostgres();
});

let made = 0;
let url: string;
let database: Database;
/** SQLSTATEs of what the worker ran into. */
let failures: unknown[];
let store: StoreGroup;
let abort: AbortController;

async function open(waitsForDatabase: boolean): Promise<void> {
  database = await openPostgres(url);
  await migrate(database);
  const logStore = new LogStore(database);
  const noting = {
    store: (group: Parameters<StoreGroup>[0]) =>
      logStore.store(group).catch((error: Error & { code?: string }) => {
        failures.push(error.code);
        throw error;
      }),
  };
  abort = new AbortController();
  const settings = { waitsForDatabase, warnings: new Warnings(), signal: abort.signal };
  store = createWorker(
    noting,
    createMetrics(async () => 0),
    settings,
  );
}

beforeEach(() => {
  url = postgres.createDatabase(`worker_${(made += 1)}`);
  failures = [];
});
afterEach(() => database.close());

it('tries again when it is the victim of a deadlock', async () => {
  await open(false);
  const both = (n: number): Parameters<StoreGroup>[0] =>
    batchesOf([row(`a${n}`, { fingerprint: 'a' }), row(`z${n}`, { fingerprint: 'z' })]);
  await store(both(0));
  // Somebody holds the last issue and wants the first, while the worker holds the first and wants the last. Who
  // has waited for a second looks for deadlocks, and that is the worker.
  const other = new pg.Client(`${url}?options=-c%20deadlock_timeout%3D60s`);
  await other.connect();
  await other.query("begin; update issues set title = title where fingerprint = 'z'");
  const storing = store(both(1));
  await vi.waitFor(async () => {
    const { rows } = await other.query<{ waiting: number }>(
      'select count(*)::int as waiting from pg_locks where not granted',
    );
    expect(rows[0]?.waiting).toBe(1);
  }, 5000);
  await other.query("update issues set title = title where fingerprint = 'a'");
  await other.query('commit');
  expect(await storing).toEqual([[]]);
  await other.end();
  expect(failures).toEqual(['40P01']);
  expect(await countsIn(url)).toEqual({ rows: 4, issues: [2, 2] });
});

it('tries again after serialization failures', async () => {
  const admin = new pg.Client(url);
  await admin.connect();
  const name = new URL(url).pathname.slice(1);
  await admin.query(`alter database ${name} set default_transaction_isolation = 'repeatable read'`);
  await admin.end();
  await open(false);
  const groups = Array.from({ length: 30 }, (_, n) => batchesOf([row(`s${n}`)]));
  for (let start = 0; start < groups.length; start += 3) {
    await Promise.all(groups.slice(start, start + 3).map((group) => store(group)));
  }
  expect(new Set(failures)).toEqual(new Set(['40001']));
  expect(await countsIn(url)).toEqual({ rows: 30, issues: [30] });
});

it('tells at once of a database that is down, unless a queue keeps the batch: then it waits', async () => {
  vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  await open(false);
  const group = batchesOf([row('d0')]);
  postgres.stop();
  await expect(store(group)).rejects.toThrow(/ECONNREFUSED|terminat/);
  await database.close();
  postgres.start();

  await open(true);
  postgres.kill();
  const storing = store(group);
  await new Promise((resolve) => setTimeout(resolve, 500));
  postgres.start();
  expect(await storing).toEqual([[]]);
  expect(failures.length).toBeGreaterThan(1);
  expect(await countsIn(url)).toEqual({ rows: 1, issues: [1] });
});

it('does not wait for what time does not mend, nor beyond its end', async () => {
  vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  await open(true);
  const group = batchesOf([row('u0')]);
  await database.run('alter table issues rename to elsewhere');
  await expect(store(group)).rejects.toMatchObject({ code: '42P01' });
  await database.run('alter table elsewhere rename to issues');
  postgres.stop();
  const storing = store(group);
  setTimeout(() => abort.abort(), 300);
  await expect(storing).rejects.toThrow(/abort/i);
  postgres.start();
});
