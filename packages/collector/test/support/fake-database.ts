import { KeyCache } from '../../src/keys/key-cache.ts';
import { KeyStore } from '../../src/keys/key-store.ts';
import { createMetrics } from '../../src/metrics.ts';
import { InProcessQueue } from '../../src/queue/in-process-queue.ts';
import { ReadAccess } from '../../src/read/read-access.ts';
import type { createServer } from '../../src/server.ts';
import type { Database } from '../../src/store/database.ts';
import { LogStore } from '../../src/store/log-store.ts';
import { Warnings } from '../../src/warnings.ts';
import { createWorker } from '../../src/worker/worker.ts';

/** A database that fails from the n-th statement on; until then every statement finds project 1, and stores nothing. */
export function failingAfter(statements: number): Database {
  let count = 0;
  const query = async <Row>(): Promise<Row[]> => {
    count += 1;
    if (count > statements) throw new Error('connection lost');
    return [{ project_id: 1, stored: 0, dropped: [] }] as Row[];
  };
  const run = async (): Promise<void> => void (await query());
  return {
    query,
    run,
    copy: run,
    transaction: (work) => work({ query, run, copy: run }),
    listen: async () => async () => {},
    close: async () => {},
  };
}

/** Parts of a server on a database. */
export function partsOn(database: Database, readToken?: string): Parameters<typeof createServer>[0] {
  const queue = new InProcessQueue();
  const metrics = createMetrics(() => queue.depth());
  const warnings = new Warnings();
  const settings = { waitsForDatabase: false, warnings, signal: new AbortController().signal };
  queue.consume(createWorker(new LogStore(database), metrics, settings));
  const health = { database, queue, metrics };
  const tokens = { findProject: async () => undefined };
  return {
    health,
    ingest: { ...health, warnings, keys: new KeyCache(new KeyStore(database), 'ingest') },
    read: { database, warnings, access: new ReadAccess({ tokens, defaultProject: 1, readToken }) },
  };
}
