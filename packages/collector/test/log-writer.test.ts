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

it('takes no more than its bound while the database is busy, and all of that', async () => {
  const writer = new LogWriter(new LogStore(database));
  const half = 64 * 1024 * 1024;
  const taken = [writer.write([row('e0')], half), writer.write([row('e1')], half)];
  await expect(writer.write([row('e2')], 1)).rejects.toThrow(WriterFullError);
  await Promise.all(taken);
  await writer.write([row('e3')], half);
  expect(await stored('e')).toEqual(['e0', 'e1', 'e3']);
});
