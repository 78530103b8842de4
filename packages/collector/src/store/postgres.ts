import type { Pool, PoolClient } from 'pg';
import type { Database, Queryable } from './database.ts';
import { listenWith } from './postgres-listener.ts';

/** Connections of one process. Enough for reading beside the two that store. */
const maxConnections = 10;

/** A server that does not answer within this is as good as down; ms. */
const connectTimeout = 5000;

/**
 * A statement is given up after this, ms: the server cancels it, and should the server be frozen, the client
 * stops waiting a little later.
 */
const statementTimeout = 30_000;

/** Opens a pool of connections to the server at `url`. Does not connect yet. */
export async function openPostgres(url: string): Promise<Database> {
  const { default: pg } = await import('pg');
  const settings = {
    connectionString: url,
    connectionTimeoutMillis: connectTimeout,
    keepAlive: true,
    application_name: 'tracehub-collector',
    options: '-c timezone=UTC',
  };
  const pool = new pg.Pool({
    ...settings,
    max: maxConnections,
    statement_timeout: statementTimeout,
    query_timeout: statementTimeout + 5000,
  });
  // An idle connection that breaks is replaced by the pool; whoever asks next notices if there is no other.
  pool.on('error', () => {});

  return {
    query: async <Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> =>
      (await pool.query(sql, [...parameters])).rows as Row[],
    async run(script) {
      await pool.query(script);
    },
    transaction: (work) => inTransaction(pool, work),
    listen: (channel, callback) => listenWith(() => new pg.Client(settings), channel, callback),
    close: () => pool.end(),
  };
}

async function inTransaction<T>(pool: Pool, work: (transaction: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error): void => void (broken = error);
  client.on('error', onError);
  try {
    await client.query('begin');
    const result = await work(queryableOf(client));
    const { command } = await client.query('commit');
    // What a failed statement left behind is rolled back by a commit without any error.
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back');
    return result;
  } catch (error) {
    await client.query('rollback').catch((fault: Error) => (broken = fault));
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

function queryableOf(client: PoolClient): Queryable {
  return {
    query: async <Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> =>
      (await client.query(sql, [...parameters])).rows as Row[],
    async run(script) {
      await client.query(script);
    },
  };
}
