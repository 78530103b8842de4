import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { logsChannel, type Database } from '../../packages/collector/src/store/database.ts';
import type { LogRow } from '../../packages/collector/src/store/log-row.ts';
import { LogStore } from '../../packages/collector/src/store/log-store.ts';
import type { RefusedRow } from '../../packages/collector/src/store/row-batch.ts';
import { migrate } from '../../packages/collector/src/store/migrate.ts';
import { partitionsOfLogs } from '../../packages/collector/src/store/partitions.ts';
import { dropOldPartitions } from '../../packages/collector/src/store/retention.ts';
import { bad, batchesOf, row, storeRows } from './rows.ts';

/** What every database the collector stores in must do. `open` connects to the same one each time. */
export function describeStore(name: string, open: () => Promise<Database>): void {
  describe(`the store in ${name}`, () => {
    let database: Database;
    let store: (rows: readonly LogRow[]) => Promise<RefusedRow[]>;
    beforeEach(async () => {
      database = await open();
      await migrate(database);
      await database.run('truncate logs, issues, log_counts, issue_counts');
      const logStore = new LogStore(database);
      store = (rows) => storeRows(logStore, rows);
    });
    afterEach(() => database.close());

    const ids = async (): Promise<string[]> =>
      (await database.query<{ id: string }>('select id from logs order by id')).map(({ id }) => id);
    const issues = (): Promise<Record<string, unknown>[]> =>
      database.query(
        `select fingerprint, status, count::int as count, first_seen::text as first, last_seen::text as last
         from issues order by fingerprint`,
      );

    it('stores a row once, however often it comes, and counts it once', async () => {
      const rows = [row('a'), row('b'), row('a'), row('a', { timestamp: '2026-11-22T10:00:01.000000Z' })];
      await store(rows);
      await store(rows);
      expect(await ids()).toEqual(['a', 'a', 'b']);
      expect(await issues()).toMatchObject([{ fingerprint: 'f', count: 3 }]);
    });

    it('keeps ids of two projects apart', async () => {
      await store([row('a'), row('a', { project_id: 2 })]);
      expect(await ids()).toEqual(['a', 'a']);
      expect(await issues()).toMatchObject([{ count: 1 }, { count: 1 }]);
    });

    it('stores the neighbours of rows the database refuses and names those', async () => {
      const refused = await store([bad('a0'), row('a1'), row('a2'), bad('a3'), row('a4'), bad('a5')]);
      expect(refused.map(({ index }) => index)).toEqual([0, 3, 5]);
      for (const { reason } of refused) expect(reason).toMatch(/invalid byte sequence/);
      expect(await ids()).toEqual(['a1', 'a2', 'a4']);
      expect(await issues()).toMatchObject([{ count: 3 }]);
    });

    it('stores more rows than one statement takes', async () => {
      const rows = Array.from({ length: 2500 }, (_, n) => (n === 2100 ? bad('bad') : row(`c${n}`)));
      expect((await store(rows)).map(({ index }) => index)).toEqual([2100]);
      expect(await ids()).toHaveLength(2499);
      expect(await issues()).toMatchObject([{ count: 2499 }]);
    });

    it('lets two writers make the same partition and store the same rows', async () => {
      const rows = Array.from({ length: 100 }, (_, n) =>
        row(`d${n}`, { timestamp: '2031-05-01T00:00:00.000000Z', fingerprint: `f${n % 7}` }),
      );
      await Promise.all([
        storeRows(new LogStore(database), rows),
        storeRows(new LogStore(database), rows.toReversed()),
      ]);
      expect(await ids()).toHaveLength(100);
      const counts = (await issues()).map(({ count }) => Number(count));
      expect(counts).toEqual([15, 15, 14, 14, 14, 14, 14]);
    });

    // Asserted here, where nobody tries again: a deadlock costs its victim a second.
    it('lets no two writers deadlock, whatever order their entries come in', async () => {
      const writers = Array.from({ length: 4 }, () => new LogStore(database));
      for (let round = 0; round < 10; round += 1) {
        await Promise.all(
          writers.map((writer, number) => {
            // Rows of their own, so that they meet at the issues, long enough; every other time the same rows.
            const own = round % 2 === 0 ? `-${number}` : '';
            const rows = Array.from({ length: 400 }, (_, n) =>
              row(`w${round}-${n}${own}`, { fingerprint: `f${n % 200}` }),
            );
            return storeRows(
              writer,
              rows.toSorted(() => Math.random() - 0.5),
            );
          }),
        );
      }
      expect(await ids()).toHaveLength(5 * (4 * 400) + 5 * 400);
      expect((await issues()).map(({ count }) => count)).toEqual(Array.from({ length: 200 }, () => 50));
    });

    it('moves first and last seen outwards only', async () => {
      for (const second of [5, 9, 7, 1, 3]) {
        await store([row(`e${second}`, { timestamp: `2026-11-22T10:00:0${second}.000000Z` })]);
      }
      expect(await issues()).toEqual([
        expect.objectContaining({
          first: '2026-11-22 10:00:01+00',
          last: '2026-11-22 10:00:09+00',
          count: 5,
        }),
      ]);
    });

    it('opens a resolved issue when it happens again, not for a copy or an older entry', async () => {
      const at = (id: string, minute: number): LogRow =>
        row(id, { timestamp: `2026-11-22T10:0${minute}:00.000000Z` });
      const status = async (): Promise<unknown> => (await issues())[0]?.['status'];
      await store([at('f0', 0)]);
      await database.run(
        "update issues set status = 'RESOLVED', resolved_at = '2026-11-22T10:05:00Z' where status = 'OPEN'",
      );
      await store([at('f0', 0), at('f4', 4)]);
      expect(await status()).toBe('RESOLVED');
      await store([at('f6', 6), at('f1', 1)]);
      expect(await status()).toBe('OPEN');
      expect(await database.query('select resolved_at, count::int as count from issues')).toEqual([
        { resolved_at: null, count: 4 },
      ]);
      await database.run("update issues set status = 'IN_PROGRESS'");
      await store([at('f7', 7)]);
      expect(await status()).toBe('IN_PROGRESS');
    });

    it('announces each stored group by the number its rows have, and nothing else', async () => {
      const heard: string[] = [];
      const stop = await database.listen(logsChannel, (payload) => void heard.push(payload));
      await store([row('g0'), row('g1')]);
      await store([row('g0')]);
      await store([row('g2')]);
      await vi.waitFor(() => expect(heard).toHaveLength(2));
      const groups = await database.query<{ seq: string; ids: string[] }>(
        'select seq::text as seq, array_agg(id order by id) as ids from logs group by seq order by seq',
      );
      expect(groups.map((group) => group.ids)).toEqual([['g0', 'g1'], ['g2']]);
      expect(heard).toEqual(groups.map((group) => group.seq));
      await stop();
      await store([row('g3')]);
      await database.query('select 1');
      expect(heard).toHaveLength(2);
    });

    const partitions = async (): Promise<string[]> =>
      (await database.query<{ name: string }>(`${partitionsOfLogs} order by 1`)).map(({ name }) => name);

    it('stores entries of whatever month, and can still be searched', async () => {
      const months = Array.from({ length: 131 * 12 }, (_, n) => {
        const month = `${1970 + Math.floor(n / 12)}-${String((n % 12) + 1).padStart(2, '0')}`;
        return row(`m${month}`, { timestamp: `${month}-15T12:00:00.000000Z` });
      });
      await store(months);
      expect(await ids()).toHaveLength(months.length);
      expect((await partitions()).length).toBeLessThan(200);
      const year = new Date().getUTCFullYear();
      expect(await partitions()).toEqual(
        expect.arrayContaining(['logs_1970', 'logs_2100', `logs_${year}_01`, `logs_${year + 1}_12`]),
      );
      // As many at once as a process has connections for.
      await Promise.all(Array.from({ length: 5 }, ids));
      await database.run((await partitions()).map((name) => `drop table ${name};`).join(''));
    });

    it('goes on by months in a year that has some already', async () => {
      await database.run(
        "create table logs_1999_03 partition of logs for values from ('1999-03-01 00:00:00+00') to ('1999-04-01 00:00:00+00')",
      );
      await store([
        row('n0', { timestamp: '1999-03-31T23:59:59.999999Z' }),
        row('n1', { timestamp: '1999-04-01T00:00:00.000000Z' }),
      ]);
      expect((await partitions()).filter((name) => name.startsWith('logs_1999'))).toEqual([
        'logs_1999_03',
        'logs_1999_04',
      ]);
    });

    it('keeps a year of which something is young enough, with all that is counted in it', async () => {
      // Far enough back to share a partition; the first day of it is too old, the last is not.
      const year = new Date().getUTCFullYear() - 3;
      await store([
        row('o0', { timestamp: `${year}-01-01T00:00:00.000000Z`, fingerprint: 'early' }),
        row('o1', { timestamp: `${year}-12-31T00:00:00.000000Z`, fingerprint: 'late' }),
      ]);
      const days = Math.floor((Date.now() - Date.UTC(year, 6, 1)) / 86_400_000);
      expect(await dropOldPartitions(database, days)).not.toContain(`logs_${year}`);
      expect(await ids()).toEqual(['o0', 'o1']);
      expect(await issues()).toHaveLength(2);
      expect(await database.query('select sum(count)::int as n from log_counts')).toEqual([{ n: 4 }]);
    });

    it('drops whole months that are too old, and the issues of which nothing is left', async () => {
      const now = new Date().toISOString().replace('Z', '000Z');
      const old = [row('h0', { timestamp: '2020-01-31T23:59:59.999999Z', fingerprint: 'old' })];
      await store([...old, row('h1', { timestamp: now, fingerprint: 'new' })]);
      const counts = (): Promise<unknown[]> =>
        database.query(
          `select (select array_agg(distinct extract(year from start)::int) from log_counts) as years,
             (select sum(count)::int from log_counts) as entries,
             (select array_agg(fingerprint || count order by fingerprint) from issue_counts) as issues`,
        );
      const year = new Date().getUTCFullYear();
      // Of an hour and of a minute each.
      expect(await counts()).toEqual([{ years: [2020, year], entries: 4, issues: ['new1', 'old1'] }]);
      expect(await dropOldPartitions(database, 90)).toContain('logs_2020');
      expect(await ids()).toEqual(['h1']);
      expect(await issues()).toMatchObject([{ fingerprint: 'new' }]);
      expect(await counts()).toEqual([{ years: [year], entries: 2, issues: ['new1'] }]);
      expect(await dropOldPartitions(database, 90)).toEqual([]);
      // The store has made the partition before and believes it to be there.
      await store(old);
      expect(await ids()).toEqual(['h0', 'h1']);
    });

    it('keeps a month of which one entry may be young enough', async () => {
      const lastOfMonth = new Date();
      lastOfMonth.setUTCDate(0);
      const timestamp = lastOfMonth.toISOString().replace('Z', '000Z');
      await store([row('i0', { timestamp })]);
      const daysSince = Math.ceil(
        (Date.now() - Date.UTC(lastOfMonth.getUTCFullYear(), lastOfMonth.getUTCMonth() + 1, 1)) / 86_400_000,
      );
      await dropOldPartitions(database, daysSince);
      expect(await ids()).toEqual(['i0']);
      // An entry that is there has its issue and is counted.
      expect(await issues()).toMatchObject([{ count: 1 }]);
      expect(await database.query('select sum(count)::int as n from log_counts')).toEqual([{ n: 2 }]);
    });

    it('puts refused rows aside when nobody can be told, each once', async () => {
      const keeping = new LogStore(database, { keepRefused: true });
      await database.run('truncate refused_entries');
      const batches = batchesOf([row('j0'), bad('j1')]);
      await keeping.store(batches);
      await keeping.store(batches);
      const kept = await database.query<{ reason: string; line: string }>(
        "select reason, encode(line, 'escape') as line from refused_entries",
      );
      expect(kept).toEqual([
        { reason: expect.stringMatching(/invalid byte sequence/), line: expect.stringContaining('a\\000b') },
      ]);
    });

    it('tells what senders report as dropped, once, whoever else is refused', async () => {
      const report = (id: string, tracehub_dropped: unknown): LogRow =>
        row(id, { module: 'tracehub', extra: { tracehub_dropped } });
      const rows = [
        report('k0', { 'buffer-full': 40, 'rate-limit': 2 }),
        row('k1', { module: 'app', extra: { tracehub_dropped: { 'buffer-full': 1 } } }),
        // What anybody with a key could write.
        report('k2', { x: 'many', y: -1, z: 1e300, 'buffer-full': 7 }),
        report('k3', 'all'),
        report('k4', [[1], null]),
        row('k5', { module: 'tracehub' }),
      ];
      const logStore = new LogStore(database);
      expect(await logStore.store(batchesOf(rows))).toMatchObject({ stored: 6, reportedDropped: 49 });
      expect(await logStore.store(batchesOf(rows))).toMatchObject({ stored: 0, reportedDropped: 0 });
      const more = [report('k6', { closed: 3 }), bad('k7'), report('k8', { closed: 4 })];
      expect(await logStore.store(batchesOf(more))).toMatchObject({ stored: 2, reportedDropped: 7 });
    });

    it('undoes a transaction that throws, and goes on', async () => {
      const work = database.transaction(async (inside) => {
        await inside.query("insert into projects (name) values ('gone')");
        throw new Error('thought better of it');
      });
      await expect(work).rejects.toThrow('thought better of it');
      const failing = database.transaction((inside) => inside.query('select 1 / 0'));
      await expect(failing).rejects.toMatchObject({ code: '22012' });
      expect(await database.query('select name from projects')).toEqual([]);
    });

    it('refuses a schema from the future, and is left alone by a second migration', async () => {
      await migrate(database);
      await database.query("insert into schema_migrations (name) values ('999_future.sql')");
      await expect(migrate(database)).rejects.toThrow(/later version .*999_future/);
      await database.query("delete from schema_migrations where name = '999_future.sql'");
    });
  });
}
