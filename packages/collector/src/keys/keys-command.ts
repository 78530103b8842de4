import { CollectorConfigError } from '../config-error.ts';
import { openDataDirectory } from '../data-directory.ts';
import type { CollectorSettings } from '../options.ts';
import { migrate } from '../store/migrate.ts';
import { openDatabase } from '../store/open-database.ts';
import { defaultProject, developmentKeyName, KeyStore, type ListedKey } from './key-store.ts';

/** What a `tracehub-collector keys …` command line asks for. */
export interface KeysCommand {
  action: 'create' | 'list' | 'revoke';
  project: string | undefined;
  /** A read token instead of an API key for senders. */
  read: boolean;
  name: string | undefined;
  /** What to revoke: an id as `list` shows it, or the key itself. */
  key: string | undefined;
}

/** Runs the command on the database of the settings and gives what to print. */
export async function runKeysCommand(command: KeysCommand, settings: CollectorSettings): Promise<string> {
  const { databaseUrl, dataDir } = settings;
  if (dataDir === 'memory')
    throw new CollectorConfigError('keys are kept in a database: there is none in memory');
  // The embedded database is for one process at a time, so a running collector is said to be in the way.
  const directory = dataDir === undefined ? undefined : await openDataDirectory(dataDir);
  try {
    const database = await openDatabase(databaseUrl, directory?.databaseDir ?? '');
    try {
      await migrate(database);
      return await run(command, new KeyStore(database));
    } finally {
      await database.close();
    }
  } finally {
    await directory?.release();
  }
}

async function run({ action, project, read, name, key }: KeysCommand, keys: KeyStore): Promise<string> {
  switch (action) {
    case 'create': {
      if (name === developmentKeyName) {
        throw new CollectorConfigError(
          `--name: ${name} is what the key of TRACEHUB_DEV_KEY is called; choose another name`,
        );
      }
      const kind = read ? 'read' : 'ingest';
      return await keys.create(kind, project ?? defaultProject, name ?? kind);
    }
    case 'list':
      return toTable(await keys.list(project));
    case 'revoke':
      if ((await keys.revoke(key ?? '')) === 0)
        throw new CollectorConfigError('no active key is called that');
      return 'revoked; collectors stop accepting it within 5 seconds';
  }
}

function toTable(keys: readonly ListedKey[]): string {
  const rows = keys.map((key) => [
    key.id,
    key.project,
    key.kind,
    key.name,
    `${key.hint}…`,
    key.created_at.toISOString().slice(0, 16),
    key.revoked_at === null ? 'active' : `revoked ${key.revoked_at.toISOString().slice(0, 16)}`,
  ]);
  const table = [['ID', 'PROJECT', 'KIND', 'NAME', 'KEY', 'CREATED', 'STATE'], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
