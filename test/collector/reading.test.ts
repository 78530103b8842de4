import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCollector } from '@tracehub/collector';
import type { Database } from '../../packages/collector/src/store/database.ts';
import { openPGlite } from '../../packages/collector/src/store/pglite.ts';
import { openPostgres } from '../../packages/collector/src/store/postgres.ts';
import { startPostgres } from '../kit/servers/servers.ts';
import { describeCounts } from './describe-counts.ts';
import { describeIssues } from './describe-issues.ts';
import { describeReading } from './describe-reading.ts';
import { describeTail } from './describe-tail.ts';

let embedded: Database;
let url: string;
beforeAll(async () => {
  embedded = await openPGlite('memory');
  url = startPostgres().createDatabase('reading');
}, 180_000);
afterAll(() => embedded.close());

// Setting the embedded one up takes seconds, so all cases share it, each in a project of its own.
const openEmbedded = async (): Promise<Database> => ({ ...embedded, close: async () => {} });
const openServer = (): Promise<Database> => openPostgres(url);

const engines: [name: string, open: () => Promise<Database>][] = [
  ['PGlite', openEmbedded],
  ['PostgreSQL', openServer],
];
for (const describeCases of [describeReading, describeCounts, describeIssues, describeTail]) {
  for (const [name, open] of engines) describeCases(name, open);
}

it('holds up nobody who writes, however many searches stand still', async () => {
  const collector = await createCollector({ port: 0, databaseUrl: url, developmentKey: 'th_given' });
  const other = new pg.Client(url);
  await other.connect();
  await other.query('begin; lock table logs in access exclusive mode');
  const searches = Array.from({ length: 30 }, () => fetch(`${collector.url}/api/v1/logs?service=none`));
  await new Promise((resolve) => setTimeout(resolve, 300));
  const begin = performance.now();
  const probe = { method: 'POST', headers: { 'x-api-key': 'th_given' }, body: '[]' };
  expect((await fetch(`${collector.url}/api/v1/ingest`, probe)).status).toBe(202);
  expect(performance.now() - begin).toBeLessThan(3000);
  await other.query('rollback');
  await other.end();
  expect(new Set((await Promise.all(searches)).map(({ status }) => status))).toEqual(new Set([200]));
  await collector.close();
});
