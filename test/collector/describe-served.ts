import { afterEach, beforeEach, describe } from 'vitest';
import type { Database } from '../../packages/collector/src/store/database.ts';
import { startReadingServer, type ReadingServer, type TestProject } from './reading-kit.ts';

/** What every case is given anew. */
export interface Served {
  database: Database;
  /** A server on it. */
  server: ReadingServer;
  /** A project of its own there. */
  project: TestProject;
}

/** A block of cases, each with a server and a project of its own on the database that `open` connects to. */
export function describeServed(
  title: string,
  open: () => Promise<Database>,
  cases: (served: Served) => void,
): void {
  describe(`${title}`, () => {
    const served = {} as Served;
    beforeEach(async () => {
      served.database = await open();
      served.server = await startReadingServer(served.database);
      served.project = await served.server.project();
    });
    afterEach(async () => {
      await served.server.close();
      await served.database.close();
    });
    cases(served);
  });
}
