import { createHash } from 'node:crypto';
import type { Database } from '../store/database.ts';

const project = 'default';
const developmentKeyName = 'development';

/** API keys and the projects they belong to. A key itself is nowhere in the database, only its SHA-256. */
export class KeyStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The project whose entries come with this key, or `undefined` when no active key is exactly this one. */
  async findProject(key: string): Promise<number | undefined> {
    const rows = await this.#database.query<{ project_id: number }>(
      "select project_id from api_keys where key_hash = decode($1, 'hex') and active",
      [hash(key)],
    );
    return rows[0]?.project_id;
  }

  /** Makes `key` the one development key, retiring an earlier one, and returns its project. */
  async setDevelopmentKey(key: string): Promise<number> {
    return await this.#database.transaction(async (transaction) => {
      await transaction.query('insert into projects (name) values ($1) on conflict do nothing', [project]);
      const [row] = await transaction.query<{ id: number }>('select id from projects where name = $1', [
        project,
      ]);
      const projectId = row?.id as number;
      await transaction.query('update api_keys set active = false where project_id = $1 and name = $2', [
        projectId,
        developmentKeyName,
      ]);
      await transaction.query(
        `insert into api_keys (key_hash, project_id, name) values (decode($1, 'hex'), $2, $3)
         on conflict (key_hash) do update set active = true`,
        [hash(key), projectId, developmentKeyName],
      );
      return projectId;
    });
  }
}

function hash(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
