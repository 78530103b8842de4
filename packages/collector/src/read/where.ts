import { HttpProblem } from '../http-problem.ts';
import { isErrorLevel, type LogLevel } from '../store/log-row.ts';
import { toUtcMicroseconds } from '../timestamp.ts';
import { toExtraFilter } from './extra-filter.ts';
import { filterNames, type Filters } from './query-schema.ts';

/** Matching entries whose issues are looked up one by one. */
const fewEntries = 1000;

/** Conditions of a statement, joined by "and", and the values of its parameters in order. */
export class Where {
  readonly parameters: unknown[];
  readonly #conditions: string[] = [];

  /** Pass another's `parameters` to number them in one list, for a statement that holds both. */
  constructor(parameters: unknown[] = []) {
    this.parameters = parameters;
  }

  /** Adds a condition; each `?` in it becomes the parameter of the next value. */
  and(condition: string, ...values: unknown[]): this {
    const waiting = [...values];
    this.#conditions.push(condition.replaceAll('?', () => this.parameter(waiting.shift())));
    return this;
  }

  /** Adds a value and gives the name by which a statement refers to it. */
  parameter(value: unknown): string {
    return `$${this.parameters.push(value)}`;
  }

  /** The text after `where`. */
  get sql(): string {
    return this.#conditions.join(' and ');
  }
}

/** The rows of `logs` in a project that match all filters. */
export function addLogConditions(where: Where, project: number, filters: Filters): Where {
  where.and('project_id = ?', project);
  for (const column of ['service', 'module', 'environment', 'trace_id'] as const) {
    if (filters[column] !== undefined) where.and(`${column} = ?`, filters[column]);
  }
  addLevels(where, filters.level);
  // True of all of them, and what tells the database that the indexes of errors alone have all it looks for.
  if (filters.level?.every(isErrorLevel)) where.and('fingerprint is not null');
  const { from, to } = toTimes(filters);
  if (from !== undefined) where.and('timestamp >= ?', from);
  if (to !== undefined) where.and('timestamp <= ?', to);
  if (filters.q !== undefined) where.and("search @@ websearch_to_tsquery('simple', ?)", filters.q);
  if (filters.extra !== undefined) where.and('extra @> ?::jsonb', toExtraFilter(filters.extra));
  return where;
}

/**
 * The rows of `issues` in a project to which a matching entry belongs. Where few entries match, these are looked up;
 * where many do, each issue has one among its latest, and looking for that ends sooner.
 */
export function addIssueConditions(where: Where, project: number, filters: Filters): Where {
  where.and('project_id = ?', project);
  if (filterNames.every((name) => filters[name] === undefined)) return where;
  const entries = addLogConditions(new Where(where.parameters), project, filters).sql;
  const few = `select fingerprint from logs where fingerprint is not null and ${entries}
    order by timestamp desc limit ${fewEntries + 1}`;
  return where.and(
    `case when (select count(*) from (${few}) as counted) <= ${fewEntries}
      then fingerprint in (${few})
      else exists (select from logs where logs.fingerprint = issues.fingerprint and ${entries}) end`,
  );
}

/** One of these levels, or any where none is named. */
export function addLevels(where: Where, levels: readonly LogLevel[] | undefined): Where {
  return levels === undefined ? where : where.and('level = any(?::text[]::log_level[])', levels);
}

/** The range of time that filters ask for, both ends inclusive, in UTC with six digits. */
export function toTimes({ from_ts, to_ts }: Filters): { from: string | undefined; to: string | undefined } {
  return { from: toTime('from_ts', from_ts), to: toTime('to_ts', to_ts) };
}

function toTime(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const time = toUtcMicroseconds(text);
  if (time !== undefined) return time;
  throw new HttpProblem(
    422,
    `${name} must be an ISO 8601 date or date and time, such as 2026-11-22T10:00:00Z`,
  );
}
