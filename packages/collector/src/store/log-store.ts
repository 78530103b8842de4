import { createHash } from 'node:crypto';
import { sumOfDrops, toDropCounts } from '../drop-counts.ts';
import { lineColumnNames, lineColumns, splitLines } from './copy-line.ts';
import type { Database, Queryable } from './database.ts';
import { Partitions } from './partitions.ts';
import type { RefusedRow, RowBatch } from './row-batch.ts';
import { isMissingPartition, judge } from './sqlstate.ts';
import { storeStatement } from './store-statement.ts';

/** What came of rows that were inserted. */
interface Inserted {
  /** Rows that were new. */
  stored: number;
  /** Entries that senders report as dropped, in rows that were new. */
  reportedDropped: number;
}

/** What came of storing a group of batches. */
export interface StoreResult extends Inserted {
  /** Per batch, the rows the database refused. */
  refused: RefusedRow[][];
}

/** Rows come through here into the database proper. The table is the connection's own and empty after each commit. */
const incomingTable = `create temporary table if not exists incoming (${lineColumns}) on commit delete rows`;
const incoming = `incoming (${lineColumnNames})`;

/** Writes entries and their issues. */
export class LogStore {
  readonly #database: Database;
  readonly #partitions: Partitions;
  readonly #keepRefused: boolean;

  /** `keepRefused`: put refused rows aside in the database, for when nobody can be told of them any more. */
  constructor(database: Database, { keepRefused = false }: { keepRefused?: boolean } = {}) {
    this.#database = database;
    this.#partitions = new Partitions(database);
    this.#keepRefused = keepRefused;
  }

  /**
   * Stores every row the database takes, each once per (project, id, timestamp), in one transaction, and names the
   * others. Throws when the database does not answer; then nothing, or all of it, was stored, and a repeat
   * stores nothing twice.
   */
  async store(group: readonly RowBatch[]): Promise<StoreResult> {
    await this.#partitions.ensure(group.flatMap(({ months }) => months));
    const lines = Buffer.concat(group.map((batch) => batch.lines));
    try {
      const inserted = await this.#database.transaction(async (inside) => {
        await inside.run(incomingTable);
        return await insert(inside, lines);
      });
      return { ...inserted, refused: group.map(() => []) };
    } catch (error) {
      if (isMissingPartition(error)) {
        this.#partitions.forget();
        return await this.store(group);
      }
      if (judge(error) !== 'rows') throw error;
      return await this.#database.transaction((inside) => this.#storeApart(inside, group));
    }
  }

  async #storeApart(inside: Queryable, group: readonly RowBatch[]): Promise<StoreResult> {
    await inside.run(incomingTable);
    let inserted = nothing;
    const refused: RefusedRow[][] = [];
    for (const batch of group) {
      const lines = splitLines(batch.lines);
      const refusedHere: RefusedRow[] = [];
      inserted = sum(inserted, await insertByHalves(inside, lines, 0, refusedHere));
      refused.push(refusedHere);
      if (!this.#keepRefused) continue;
      for (const { index, reason } of refusedHere) await keep(inside, lines[index] as Buffer, reason);
    }
    return { ...inserted, refused };
  }
}

const nothing: Inserted = { stored: 0, reportedDropped: 0 };

function sum(one: Inserted, other: Inserted): Inserted {
  return {
    stored: one.stored + other.stored,
    reportedDropped: one.reportedDropped + other.reportedDropped,
  };
}

async function insert(inside: Queryable, lines: Buffer): Promise<Inserted> {
  await inside.copy(incoming, lines);
  const [row] = await inside.query<{ stored: number; dropped: unknown[] }>(storeStatement);
  const { stored, dropped } = row as { stored: number; dropped: unknown[] };
  return { stored, reportedDropped: sumOfDrops(dropped.flatMap(toDropCounts)) };
}

/** Halves down to the rows that cannot be stored, so that their neighbours can. */
async function insertByHalves(
  inside: Queryable,
  lines: readonly Buffer[],
  firstIndex: number,
  refused: RefusedRow[],
): Promise<Inserted> {
  await inside.run('savepoint part');
  try {
    const inserted = await insert(inside, Buffer.concat(lines));
    await inside.run('release savepoint part; truncate incoming');
    return inserted;
  } catch (error) {
    if (judge(error) !== 'rows' || isMissingPartition(error)) throw error;
    await inside.run('rollback to savepoint part; release savepoint part');
    if (lines.length === 1) {
      refused.push({ index: firstIndex, reason: (error as Error).message });
      return nothing;
    }
  }
  const middle = lines.length >> 1;
  return sum(
    await insertByHalves(inside, lines.slice(0, middle), firstIndex, refused),
    await insertByHalves(inside, lines.slice(middle), firstIndex + middle, refused),
  );
}

async function keep(inside: Queryable, line: Buffer, reason: string): Promise<void> {
  await inside.query(
    `insert into refused_entries (digest, reason, line) values (decode($1, 'hex'), $2, decode($3, 'hex'))
     on conflict do nothing`,
    [createHash('sha256').update(line).digest('hex'), reason, line.toString('hex')],
  );
}
