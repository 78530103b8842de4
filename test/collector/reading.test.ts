import { afterAll, beforeAll } from 'vitest';
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
