import { CollectorConfigError } from '../config-error.ts';
import type { Database } from './database.ts';
import { openPGlite } from './pglite.ts';
import { openPostgres, readingConnections } from './postgres.ts';

/** First version with everything the schema uses. */
const oldestPostgres = 150_000;

/** The server at `url`; without one the embedded database in `directory`, or in memory only. */
export async function openDatabase(url: string | undefined, directory: string): Promise<Database> {
  return url === undefined ? await openEmbedded(directory) : await openServer(url);
}

/** The same once more for reading, with connections of its own. The embedded one does one thing at a time anyway. */
export async function openForReading(url: string | undefined, database: Database): Promise<Database> {
  return url === undefined
    ? { ...database, close: async () => {} }
    : await openPostgres(url, { connections: readingConnections });
}

async function openServer(url: string): Promise<Database> {
  const database = await openPostgres(url);
  try {
    const [row] = await database.query<{ version: number }>(
      "select current_setting('server_version_num')::int as version",
    );
    const { version } = row as { version: number };
    if (version < oldestPostgres) {
      throw new CollectorConfigError(
        `the database server is PostgreSQL ${Math.floor(version / 10_000)}; it must be 15 or later`,
      );
    }
    return database;
  } catch (error) {
    await database.close();
    if (error instanceof CollectorConfigError) throw error;
    throw new CollectorConfigError(`the database cannot be reached: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function openEmbedded(directory: string): Promise<Database> {
  try {
    return await openPGlite(directory);
  } catch (error) {
    throw new CollectorConfigError(`the database in ${directory} cannot be opened: ${String(error)}`, {
      cause: error,
    });
  }
}
