import { advisoryLocks, type Database } from './database.ts';

/** The month a UTC timestamp (`2026-11-22T…`) belongs to, as `2026-11`. */
export function monthOf(timestamp: string): string {
  return timestamp.slice(0, 7);
}

/** The partitions of `logs`, with the time at which each begins and how long it is: a month (`logs_2026_11`) or a year (`logs_1999`). */
export const partitionsOfLogs = `
  select relname as name, to_date(left(substr(relname, 6) || '_01', 7), 'YYYY_MM') as start,
    case when relname ~ '_\\d\\d$' then interval '1 month' else interval '1 year' end as length
  from pg_inherits join pg_class on pg_class.oid = inhrelid
  where inhparent = 'logs'::regclass and relname ~ '^logs_\\d{4}(_\\d\\d)?$'`;

/** Statement that makes a partition, unless it is there. */
function partitionStatement(name: string, first: string, next: string): string {
  return (
    `create table if not exists ${name} partition of logs ` +
    `for values from ('${first}-01 00:00:00+00') to ('${next}-01 00:00:00+00')`
  );
}

/**
 * Statement that makes the partition for a month, among those of its year; `undefined` when there is one. Only last
 * year, this one and the next have months. In any other a clock is wrong or something old is brought along, and the
 * year shares one: searches lock all partitions, and with one for each month of a century nobody could search any more.
 */
function makePartitionFor(month: string, ofYear: readonly string[]): string | undefined {
  const [year, number] = month.split('-').map(Number) as [number, number];
  if (ofYear.includes(`logs_${year}`)) return undefined;
  // What there is of a year is in the way of a partition for all of it.
  if (ofYear.length === 0 && Math.abs(year - new Date().getUTCFullYear()) > 1) {
    return partitionStatement(`logs_${year}`, `${year}-01`, `${year + 1}-01`);
  }
  const next = number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
  return partitionStatement(`logs_${month.replace('-', '_')}`, month, next);
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
        const ofYear = await transaction.query<{ name: string }>(
          `select name from (${partitionsOfLogs}) as partitions where extract(year from start) = $1`,
          [Number(month.slice(0, 4))],
        );
        const statement = makePartitionFor(
          month,
          ofYear.map(({ name }) => name),
        );
        if (statement !== undefined) await transaction.run(statement);
      });
      this.#known.add(month);
    }
  }
}
