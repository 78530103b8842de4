import { advisoryLocks, type Database } from './database.ts';

/** The month a UTC timestamp (`2026-11-22T…`) belongs to, as `2026-11`. */
export function monthOf(timestamp: string): string {
  return timestamp.slice(0, 7);
}

/** Statement that makes the partition of one month, unless it is there. */
function partitionStatement(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  const next = number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
  return (
    `create table if not exists logs_${month.replace('-', '_')} partition of logs ` +
    `for values from ('${month}-01 00:00:00+00') to ('${next}-01 00:00:00+00')`
  );
}

/** Makes partitions for the months in which entries lie, each asked for only once. */
export class Partitions {
  readonly #database: Database;
  readonly #known = new Set<string>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Asks again for each month from now on. */
  forget(): void {
    this.#known.clear();
  }

  async ensure(months: Iterable<string>): Promise<void> {
    const missing = new Set([...months].filter((month) => !this.#known.has(month)));
    for (const month of [...missing].sort()) {
      await this.#database.transaction(async (transaction) => {
        // "if not exists" alone still fails when two sessions make the same table at the same moment.
        await transaction.query('select pg_advisory_xact_lock($1)', [advisoryLocks.partitions]);
        await transaction.run(partitionStatement(month));
      });
      this.#known.add(month);
    }
  }
}
