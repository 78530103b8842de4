import { afterAll, beforeAll } from 'vitest';
import type { Database } from '../../packages/collector/src/store/database.ts';
import { openPGlite } from '../../packages/collector/src/store/pglite.ts';
import { openPostgres } from '../../packages/collector/src/store/postgres.ts';
import { startPostgres } from '../kit/servers/servers.ts';
import { describeStore } from './describe-store.ts';

let embedded: Database;
let url: string;
beforeAll(async () => {
  embedded = await openPGlite('memory');
  url = startPostgres().createDatabase('store');
});
afterAll(() => embedded.close());

// Setting the embedded one up takes seconds, so all cases share it.
describeStore('PGlite', async () => ({ ...embedded, close: async () => {} }));
describeStore('PostgreSQL', () => openPostgres(url));
