import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '../src/store/database.ts';
import type { LogRow } from '../src/store/log-row.ts';
import { LogStore } from '../src/store/log-store.ts';
import { LogWriter, WriterFullError } from '../src/store/log-writer.ts';
import { migrate } from '../src/store/migrate.ts';
import { openPGlite } from '../src/store/pglite.ts';

let database: Database;
beforeAll(async () => {
  database = await openPGlite('memory');
  await migrate(database);
});
afterAll(() => database.close());

const row = (id: string, fields: Partial<LogRow> = {}): LogRow => ({
  project_id: 1,
  id,
  timestamp: '2026-11-22T10:00:00.000000Z',
  level: 'ERROR',
  message: 'm',
  service: null,
  environment: null,
  host: null,
  pid: null,
  thread_id: null,
  sdk_version: null,
  trace_id: null,
  module: null,
  error_type: null,
  error_message: null,
  stack_trace: null,
  extra: null,
  fingerprint: 'f',
  ...fields,
});

// What validation would have stopped, put in by hand: a row only the database finds fault with.
const bad = (id: string): LogRow => row(id, { message: 'a\0b' });

async function stored(prefix: string): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    "select id from logs where id like $1 || '%' order by id",
    [prefix],
  );
  return rows.map(({ id }) => id);
}

it('stores the neighbours of a row the database refuses and counts them once', async () => {
  const store = new LogStore(database);
  const refused = await store.store([bad('a0'), row('a1'), row('a2'), bad('a3'), row('a4'), bad('a5')]);
  expect(refused.map(({ index }) => index)).toEqual([0, 3, 5]);
  for (const { reason } of refused) expect(reason).toMatch(/unicode/i);
  expect(await stored('a')).toEqual(['a1', 'a2', 'a4']);
  expect(await database.query("select count::int as count from issues where fingerprint = 'f'")).toEqual([
    { count: 3 },
  ]);
});

it('tells a batch of the rows it lost, and only that batch, when batches share a commit', async () => {
  const writer = new LogWriter(new LogStore(database));
  const answers = await Promise.all([
    writer.write([row('b0'), row('b1')], 1),
    writer.write([row('b2'), bad('b3'), row('b4')], 1),
    writer.write([], 0),
    writer.write([bad('b5')], 1),
  ]);
  expect(answers.map((refused) => refused.map(({ index }) => index))).toEqual([[], [1], [], [0]]);
  expect(await stored('b')).toEqual(['b0', 'b1', 'b2', 'b4']);
});

it('stores more rows than one statement takes', async () => {
  const rows = Array.from({ length: 2500 }, (_, n) => (n === 2100 ? bad('c-bad') : row(`c${n}`)));
  const refused = await new LogStore(database).store(rows);
  expect(refused.map(({ index }) => index)).toEqual([2100]);
  expect(await stored('c')).toHaveLength(2499);
});

it('lets two writers make the same partition', async () => {
  const rows = [row('d0', { timestamp: '2031-05-01T00:00:00.000000Z' })];
  await Promise.all([new LogStore(database).store(rows), new LogStore(database).store(rows)]);
  expect(await stored('d')).toEqual(['d0']);
});

it('takes no more than its bound while the database is busy, and all of that', async () => {
  const writer = new LogWriter(new LogStore(database));
  const half = 64 * 1024 * 1024;
  const taken = [writer.write([row('e0')], half), writer.write([row('e1')], half)];
  await expect(writer.write([row('e2')], 1)).rejects.toThrow(WriterFullError);
  await Promise.all(taken);
  await writer.write([row('e3')], half);
  expect(await stored('e')).toEqual(['e0', 'e1', 'e3']);
});

it('refuses a schema from the future', async () => {
  await database.query("insert into schema_migrations (name) values ('999_future.sql')");
  await expect(migrate(database)).rejects.toThrow(/later version .*999_future/);
  await database.query("delete from schema_migrations where name = '999_future.sql'");
  await migrate(database);
});
