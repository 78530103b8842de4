import { createHash, randomBytes } from 'node:crypto';
import type { Database, Queryable } from '../store/database.ts';

/** `ingest` lets a sender write into its project (an API key), `read` lets somebody read it (a read token). */
export type KeyKind = 'ingest' | 'read';

/** A key as it is listed: never the key itself. */
export interface ListedKey {
  /** Beginning of the key's hash, by which it is revoked. */
  id: string;
  project: string;
  kind: KeyKind;
  name: string;
  hint: string;
  created_at: Date;
  revoked_at: Date | null;
}

/** The project of the development key and of whoever reads without a token. */
export const defaultProject = 'default';
/** Name of the development key, which no other key may have. */
export const developmentKeyName = 'development';

/** Keys and the projects they belong to. A key itself is nowhere in the database, only its SHA-256. */
export class KeyStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The project a key of this kind belongs to, or `undefined` when no active key is exactly this one. */
  async findProject(kind: KeyKind, key: string): Promise<number | undefined> {
    const rows = await this.#database.query<{ project_id: number }>(
      "select project_id from api_keys where key_hash = decode($1, 'hex') and kind = $2::key_kind and active",
      [hash(key), kind],
    );
    return rows[0]?.project_id;
  }

  /** Makes a key of a project, which is made with it if need be, and returns it: this is the only time it is seen. */
  async create(kind: KeyKind, project: string, name: string): Promise<string> {
    const key = makeKey(kind);
    await this.#database.transaction(async (transaction) => {
      await insertKey(transaction, key, kind, await ensureProject(transaction, project), name);
    });
    return key;
  }

  /** All keys, or those of one project, the oldest first. */
  async list(project?: string): Promise<ListedKey[]> {
    return await this.#database.query<ListedKey>(
      `select left(encode(key_hash, 'hex'), 12) as id, projects.name as project, kind, api_keys.name, hint,
         api_keys.created_at, revoked_at
       from api_keys join projects on projects.id = project_id
       where $1::text is null or projects.name = $1
       order by projects.name, api_keys.created_at, key_hash`,
      [project ?? null],
    );
  }

  /** Revokes the active keys that have this id or are exactly this key; returns how many there were. */
  async revoke(idOrKey: string): Promise<number> {
    const rows = await this.#database.query(
      `update api_keys set active = false, revoked_at = now()
       where active and (left(encode(key_hash, 'hex'), 12) = $1 or key_hash = decode($2, 'hex'))
       returning 1`,
      [idOrKey, hash(idOrKey)],
    );
    return rows.length;
  }

  /** The number of a project, which is made if need be. */
  async ensureProject(name: string): Promise<number> {
    return await this.#database.transaction((transaction) => ensureProject(transaction, name));
  }

  /**
   * Makes `key` the one development key of the default project, forgetting an earlier one; gives whether it is good,
   * which a key that was revoked stays not to be.
   */
  async setDevelopmentKey(key: string): Promise<boolean> {
    return await this.#database.transaction(async (transaction) => {
      const project = await ensureProject(transaction, defaultProject);
      await transaction.query(
        `delete from api_keys
         where project_id = $1 and name = $2 and active and key_hash <> decode($3, 'hex')`,
        [project, developmentKeyName, hash(key)],
      );
      await insertKey(transaction, key, 'ingest', project, developmentKeyName);
      const [row] = await transaction.query<{ active: boolean }>(
        "select active from api_keys where key_hash = decode($1, 'hex')",
        [hash(key)],
      );
      return row?.active === true;
    });
  }
}

async function ensureProject(transaction: Queryable, name: string): Promise<number> {
  await transaction.query('insert into projects (name) values ($1) on conflict do nothing', [name]);
  const [row] = await transaction.query<{ id: number }>('select id from projects where name = $1', [name]);
  return (row as { id: number }).id;
}

async function insertKey(
  transaction: Queryable,
  key: string,
  kind: KeyKind,
  project: number,
  name: string,
): Promise<void> {
  await transaction.query(
    `insert into api_keys (key_hash, project_id, kind, name, hint)
     values (decode($1, 'hex'), $2, $3::key_kind, $4, $5)
     on conflict do nothing`,
    [hash(key), project, kind, name, key.slice(0, 7)],
  );
}

/** A new key. The prefix tells people, and tools that look for secrets in code, what it is. */
export function makeKey(kind: KeyKind): string {
  return `${kind === 'ingest' ? 'th' : 'thr'}_${randomBytes(24).toString('base64url')}`;
}

function hash(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
