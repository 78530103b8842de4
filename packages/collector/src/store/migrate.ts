import { readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { CollectorConfigError } from '../config-error.ts';
import { advisoryLocks, type Database } from './database.ts';

/** An index on millions of entries takes minutes, and whoever starts meanwhile waits for its end. */
const forAsLongAsItTakes = { hasTimeLimit: false };

/** Brings the schema up to date with the numbered files of `sql/`, each applied once and all of them or none. */
export async function migrate(database: Database): Promise<void> {
  // Found through the package itself, because sources and build lie at different depths below it.
  const packageFile = createRequire(import.meta.url).resolve('@tracehub/collector/package.json');
  const directory = join(dirname(packageFile), 'sql');
  const files = (await readdir(directory)).filter((name) => /^\d{3}_.+\.sql$/.test(name)).sort();

  await database.transaction(async (transaction) => {
    await transaction.query('select pg_advisory_xact_lock($1)', [advisoryLocks.migrations]);
    await transaction.run(`
      create table if not exists schema_migrations (
        name text primary key,
        applied_at timestamptz not null default now()
      )`);
    const applied = new Set(
      (await transaction.query<{ name: string }>('select name from schema_migrations')).map(
        (row) => row.name,
      ),
    );
    const unknown = [...applied].filter((name) => !files.includes(name));
    if (unknown.length > 0) {
      throw new CollectorConfigError(
        `the database was set up by a later version of @tracehub/collector (it has ${unknown.join(', ')}); use that version`,
      );
    }
    for (const name of files) {
      if (applied.has(name)) continue;
      await transaction.run(await readFile(join(directory, name), 'utf8'));
      await transaction.query('insert into schema_migrations (name) values ($1)', [name]);
    }
  }, forAsLongAsItTakes);
}
