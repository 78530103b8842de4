import { finished } from 'node:stream/promises';
import pg, { type Pool, type PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Database, Queryable } from './database.ts';
import { listenWith } from './postgres-listener.ts';

/** Connections of one process for storing, which takes two, and for looking up keys. */
const storingConnections = 5;

/** Those for reading. Apart from the others: searches, however slow and many, hold up nobody who writes. */
export const readingConnections = 8;

/** A server that does not answer within this is as good as down; ms. */
const connectTimeout = 5000;

/** A statement that takes longer is cancelled by the server; ms. */
const longestStatement = 30_000;

/** Should the server be frozen, nobody waits longer than this for its answer after a statement should have ended; ms. */
const answerGrace = 5000;

/** Longest wait a timer can have, for statements without a time limit; ms. */
const noLimit = 2 ** 31 - 1;

/**
 * Every search of ours ends after some thousand rows, but is planned as if it might go on: starting other processes
 * for it, or compiling it, would take longer than the search.
 */
const settingsOfSession = '-c timezone=UTC -c max_parallel_workers_per_gather=0 -c jit=off';

/** Opens a pool of connections to the server at `url`. Does not connect yet. */
export async function openPostgres(
  url: string,
  {
    connections = storingConnections,
    statementTimeout = longestStatement,
  }: { connections?: number; statementTimeout?: number } = {},
): Promise<Database> {
  const answerTimeout = statementTimeout + answerGrace;
  const settings = {
    connectionString: url,
    connectionTimeoutMillis: connectTimeout,
    keepAlive: true,
    application_name: 'tracehub-collector',
    options: settingsOfSession,
  };
  const pool = new pg.Pool({
    ...settings,
    max: connections,
    statement_timeout: statementTimeout,
    query_timeout: answerTimeout,
  });
  // An idle connection that breaks is replaced by the pool; whoever asks next notices if there is no other.
  pool.on('error', () => {});

  return {
    query: async <Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> =>
      (await pool.query(sql, [...parameters])).rows as Row[],
    async run(script) {
      await pool.query(script);
    },
    copy: (into, lines) => inTransaction(pool, (inside) => inside.copy(into, lines), answerTimeout),
    transaction: (work, { hasTimeLimit = true } = {}) =>
      inTransaction(pool, work, hasTimeLimit ? answerTimeout : noLimit),
    listen: (channel, callback) => listenWith(() => new pg.Client(settings), channel, callback),
    close: () => pool.end(),
  };
}

async function inTransaction<T>(
  pool: Pool,
  work: (transaction: Queryable) => Promise<T>,
  answerTimeout: number,
): Promise<T> {
  const client = await pool.connect();
  // Without a listener a connection that breaks between two statements would end the process.
  const ignore = (): void => {};
  client.on('error', ignore);
  let broken = false;
  try {
    await client.query(answerTimeout === noLimit ? 'begin; set local statement_timeout = 0' : 'begin');
    const result = await work(queryableOf(client, answerTimeout));
    const { command } = await client.query('commit');
    // A failed statement whose error was passed over turns the commit into a rollback, without an error.
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back');
    return result;
  } catch (error) {
    broken = !(error instanceof pg.DatabaseError);
    if (!broken) await client.query('rollback').catch(() => (broken = true));
    throw error;
  } finally {
    client.off('error', ignore);
    // The server undoes what a closed connection left half done.
    client.release(broken);
  }
}

function queryableOf(client: PoolClient, answerTimeout: number): Queryable {
  // The driver takes a time limit of its own for a statement, which its types leave out.
  const limited = { query_timeout: answerTimeout };
  return {
    query: async <Row>(text: string, parameters: readonly unknown[] = []): Promise<Row[]> =>
      (await client.query({ ...limited, text, values: [...parameters] })).rows as Row[],
    async run(text) {
      await client.query({ ...limited, text });
    },
    async copy(into, lines) {
      const input = client.query(copyFrom(`copy ${into} from stdin`));
      input.end(lines);
      await finished(input, { signal: AbortSignal.timeout(answerTimeout) });
    },
  };
}
