import { createHash } from 'node:crypto';
import type { KeyKind, KeyStore } from './key-store.ts';

/** How long the database's word on a key is taken as true, ms: the longest a revoked key still works. */
const trustedFor = 5000;

/** How long an earlier word is good enough while the database does not answer; nobody can revoke a key then. */
const trustedInOutage = 10 * 60_000;

/** Keys remembered; more than any installation has, so that wrong ones cannot fill the memory. */
const maxRemembered = 10_000;

interface Remembered {
  project: number | undefined;
  at: number;
}

/** Keys of one kind, looked up in the database once every few seconds instead of at every request. */
export class KeyCache {
  readonly #keys: Pick<KeyStore, 'findProject'>;
  readonly #kind: KeyKind;
  readonly #remembered = new Map<string, Remembered>();

  constructor(keys: Pick<KeyStore, 'findProject'>, kind: KeyKind) {
    this.#keys = keys;
    this.#kind = kind;
  }

  /** The project a key belongs to, or `undefined`. Throws when the database does not answer and never did. */
  async findProject(key: string): Promise<number | undefined> {
    // Of one length, however long a stranger's key is.
    const name = createHash('sha256').update(key).digest('base64');
    const known = this.#remembered.get(name);
    const now = performance.now();
    if (known !== undefined && now - known.at < trustedFor) return known.project;
    try {
      const project = await this.#keys.findProject(this.#kind, key);
      this.#remember(name, { project, at: now });
      return project;
    } catch (error) {
      if (known?.project !== undefined && now - known.at < trustedInOutage) return known.project;
      throw error;
    }
  }

  #remember(name: string, found: Remembered): void {
    // Taken out first: a Map keeps the order of insertion, so the first is the one looked up longest ago.
    this.#remembered.delete(name);
    if (this.#remembered.size >= maxRemembered) {
      const [oldest] = this.#remembered.keys();
      this.#remembered.delete(oldest as string);
    }
    this.#remembered.set(name, found);
  }
}
