import type { Queryable } from '../../store/database.ts';
import type { LogRecord } from '../answers.ts';
import { logColumns } from '../log-records.ts';
import type { Filters } from '../query-schema.ts';
import { addLogConditions, Where } from '../where.ts';
import { TailPosition } from './tail-position.ts';

/** Entries that were stored together, and the position of whoever has them. */
export interface TailGroup {
  position: string;
  logs: LogRecord[];
}

/** Groups that may wait for a reader; only their numbers are kept. Whoever is further behind has to look at the list. */
const maxWaiting = 10_000;

/** Groups looked up in one statement: a group, all that one transaction stored, has some thousand entries at most. */
const groupsAtOnce = 4;

/** How far back groups may be that are not yet visible when a reader begins. */
const overlap = 200;

/** A reader has fallen too far behind to be caught up with. */
export class TailBehindError extends Error {
  override readonly name = 'TailBehindError';
}

/**
 * What one reader follows: the entries of a project that match some filters, in the order of their commits, each
 * once. Pulled by the reader, so one who reads slowly has numbers waiting here, not entries.
 */
export class Tail {
  readonly #database: Queryable;
  readonly #project: number;
  readonly #filters: Filters;
  readonly #position: TailPosition;
  readonly #waiting = new Set<number>();
  #isBehind = false;
  #wake: () => void = () => {};

  constructor(database: Queryable, project: number, filters: Filters, position: TailPosition) {
    this.#database = database;
    this.#project = project;
    this.#filters = filters;
    this.#position = position;
  }

  /** Where the log ends now: everything stored from now on is beyond it. */
  static async end(database: Queryable): Promise<TailPosition> {
    const [row] = await database.query<{ settled: number; seen: number[] }>(
      `select settled::float8, array(
         select distinct seq::float8 from logs where seq > 0 and seq > settled order by 1) as seen
       from (select greatest(last_value - $1::int, 0) as settled from log_groups) as numbers`,
      [overlap],
    );
    const { settled, seen } = row as { settled: number; seen: number[] };
    return TailPosition.at(settled, seen, Date.now());
  }

  get position(): string {
    return this.#position.toString();
  }

  /** Notes that a group can be read. */
  announce(group: number): void {
    if (this.#position.has(group)) return;
    if (this.#waiting.size >= maxWaiting) this.#isBehind = true;
    else this.#waiting.add(group);
    this.#wake();
  }

  /** Looks for groups beyond the position that were not announced to this reader. */
  async catchUp(): Promise<void> {
    const rows = await this.#database.query<{ seq: number }>(
      `select distinct seq::float8 as seq from logs where seq > 0 and seq > $1 order by seq limit ${maxWaiting + 1}`,
      [this.#position.settled],
    );
    // Whatever lies beyond these would never be announced, even if the reader knows some of them already.
    if (rows.length > maxWaiting) this.#isBehind = true;
    for (const { seq } of rows) this.announce(seq);
  }

  /** Resolves when there is something to read or nobody to read it, at the latest after `timeout` milliseconds. */
  async wait(timeout: number, over: AbortSignal): Promise<void> {
    if (this.#waiting.size > 0 || this.#isBehind || over.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        over.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, timeout);
      over.addEventListener('abort', wake);
      this.#wake = wake;
    });
  }

  /** The next groups; those without a matching entry are passed over. Throws a `TailBehindError`. */
  async read(): Promise<TailGroup[]> {
    if (this.#isBehind) throw new TailBehindError(`more than ${maxWaiting} groups are waiting`);
    const groups = [...this.#waiting].slice(0, groupsAtOnce);
    if (groups.length === 0) return [];
    const where = addLogConditions(new Where(), this.#project, this.#filters);
    const rows = await this.#database.query<LogRecord & { group: number }>(
      `select ${logColumns}, seq::float8 as "group" from logs
       where ${where.and('seq > 0 and seq = any(?::bigint[])', groups).sql}
       order by logs.timestamp, logs.id`,
      where.parameters,
    );
    return groups.map((group) => {
      this.#waiting.delete(group);
      this.#position.add(group, Date.now());
      const logs = rows.filter((row) => row.group === group).map(({ group: _group, ...log }) => log);
      return { position: this.position, logs };
    });
  }
}
