import { KeyCache } from '../../src/keys/key-cache.ts';
import { KeyStore } from '../../src/keys/key-store.ts';
import { ReadAccess } from '../../src/read/read-access.ts';
import type { createServer } from '../../src/server.ts';
import type { Database } from '../../src/store/database.ts';
import { LogStore } from '../../src/store/log-store.ts';
import { LogWriter } from '../../src/store/log-writer.ts';

/** A database that fails from the n-th statement on; until then every statement finds project 1. */
export function failingAfter(statements: number): Database {
  let count = 0;
  const query = async <Row>(): Promise<Row[]> => {
    count += 1;
    if (count > statements) throw new Error('connection lost');
    return [{ project_id: 1 }] as Row[];
  };
  const run = async (): Promise<void> => void (await query());
  return {
    query,
    run,
    transaction: (work) => work({ query, run }),
    listen: async () => async () => {},
    close: async () => {},
  };
}

/** Parts of a server on a database. */
export function partsOn(database: Database, readToken?: string): Parameters<typeof createServer>[0] {
  const keys = new KeyStore(database);
  return {
    database,
    keys: new KeyCache(keys, 'ingest'),
    writer: new LogWriter(new LogStore(database)),
    access: new ReadAccess({ tokens: { findProject: async () => undefined }, defaultProject: 1, readToken }),
  };
}
