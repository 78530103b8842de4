import { isDataError, logsChannel, type Database, type Queryable } from './database.ts';
import type { LogRow } from './log-row.ts';
import { Partitions } from './partitions.ts';

/** A row the database refused although it was valid by our rules. */
export interface RefusedRow {
  /** Position in the rows given, from 0. */
  index: number;
  reason: string;
}

const columns = `
  project_id integer, id text, timestamp timestamptz, level log_level, message text, service text,
  environment text, host text, pid integer, thread_id text, sdk_version text, trace_id text, module text,
  error_type text, error_message text, stack_trace text, extra jsonb, fingerprint text`;
const names = columns.replace(/(\w+) \w+/g, '$1');

/**
 * Stores rows, counts them for their issues and announces them in one statement, hence in one transaction. Only
 * rows that are new come out of the insert, so a batch sent twice counts once. Rows and issues are locked in the
 * order of their keys: two writers with the same ones wait for each other instead of deadlocking. A resolved issue
 * is open again when it happened after that, not when an older entry arrives late.
 */
const storeStatement = `
with stored as (
  insert into logs (seq, ${names})
  select (select nextval('log_groups')), ${names} from json_to_recordset($1::json) as incoming (${columns})
  order by project_id, id, timestamp
  on conflict do nothing
  returning seq, project_id, fingerprint, timestamp, level, message, error_type, stack_trace
),
counted as (
  insert into issues (project_id, fingerprint, title, error_type, level, count, first_seen, last_seen, sample_stack)
  select project_id, fingerprint,
    (array_agg(coalesce(nullif(error_type, ''), left(message, 300)) order by timestamp))[1],
    min(nullif(error_type, '')),
    (array_agg(level order by timestamp))[1],
    count(*), min(timestamp), max(timestamp),
    (array_agg(stack_trace order by timestamp desc))[1]
  from stored
  where fingerprint is not null
  group by project_id, fingerprint
  order by project_id, fingerprint
  on conflict (project_id, fingerprint) do update set
    count = issues.count + excluded.count,
    first_seen = least(issues.first_seen, excluded.first_seen),
    last_seen = greatest(issues.last_seen, excluded.last_seen),
    sample_stack = case when excluded.last_seen >= issues.last_seen
      then coalesce(excluded.sample_stack, issues.sample_stack) else issues.sample_stack end,
    (status, resolved_at) = (
      select case when back then 'OPEN' else issues.status end, case when back then null else issues.resolved_at end
      from (select issues.status = 'RESOLVED'
        and excluded.last_seen > coalesce(issues.resolved_at, '-infinity') as back) as judged)
)
select case when count(*) > 0 then pg_notify('${logsChannel}', max(seq)::text) end as announced from stored`;

/** Rows of one statement: enough to make its fixed cost small, few enough not to hold the event loop for long. */
const rowsPerStatement = 1000;

/** Writes entries and their issues. */
export class LogStore {
  readonly #database: Database;
  readonly #partitions: Partitions;

  constructor(database: Database) {
    this.#database = database;
    this.#partitions = new Partitions(database);
  }

  /**
   * Stores every row the database takes, each once per (project, id, timestamp), and names the others. Throws
   * when the database does not answer; what was stored until then is not stored again by a repeat.
   */
  async store(rows: readonly LogRow[]): Promise<RefusedRow[]> {
    await this.#partitions.ensure(rows.map((row) => row.timestamp));
    const refused: RefusedRow[] = [];
    for (let start = 0; start < rows.length; start += rowsPerStatement) {
      const part = rows.slice(start, start + rowsPerStatement);
      try {
        await insert(this.#database, part);
      } catch (error) {
        if (!isDataError(error)) throw error;
        refused.push(...(await this.#database.transaction((inside) => insertByHalves(inside, part, start))));
      }
    }
    return refused;
  }
}

async function insert(target: Queryable, rows: readonly LogRow[]): Promise<void> {
  await target.query(storeStatement, [JSON.stringify(rows)]);
}

/** Halves down to the rows that cannot be stored, so that their neighbours can. */
async function insertByHalves(
  inside: Queryable,
  rows: readonly LogRow[],
  firstIndex: number,
): Promise<RefusedRow[]> {
  await inside.run('savepoint part');
  try {
    await insert(inside, rows);
    await inside.run('release savepoint part');
    return [];
  } catch (error) {
    if (!isDataError(error)) throw error;
    await inside.run('rollback to savepoint part; release savepoint part');
    if (rows.length === 1) return [{ index: firstIndex, reason: (error as Error).message }];
  }
  const middle = rows.length >> 1;
  return [
    ...(await insertByHalves(inside, rows.slice(0, middle), firstIndex)),
    ...(await insertByHalves(inside, rows.slice(middle), firstIndex + middle)),
  ];
}
