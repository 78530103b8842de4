import { HttpProblem } from '../http-problem.ts';
import { toUtcMicroseconds } from '../timestamp.ts';
import type { Filters } from './query-schema.ts';

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

/** Whether filters leave anything out. */
function hasFilters(filters: Filters): boolean {
  const { q, level, service, module, environment, trace_id, from_ts, to_ts } = filters;
  return [q, level, service, module, environment, trace_id, from_ts, to_ts].some(
    (value) => value !== undefined,
  );
}

/** The rows of `logs` in a project that match all filters. */
export function addLogConditions(where: Where, project: number, filters: Filters): Where {
  where.and('project_id = ?', project);
  for (const column of ['service', 'module', 'environment', 'trace_id'] as const) {
    if (filters[column] !== undefined) where.and(`${column} = ?`, filters[column]);
  }
  if (filters.level !== undefined) where.and('level = any(?::text[]::log_level[])', filters.level);
  if (filters.from_ts !== undefined) where.and('timestamp >= ?', toTime('from_ts', filters.from_ts));
  if (filters.to_ts !== undefined) where.and('timestamp <= ?', toTime('to_ts', filters.to_ts));
  if (filters.q !== undefined) where.and("search @@ websearch_to_tsquery('simple', ?)", filters.q);
  return where;
}

/** The rows of `issues` in a project to which a matching entry belongs. */
export function addIssueConditions(where: Where, project: number, filters: Filters): Where {
  where.and('project_id = ?', project);
  if (!hasFilters(filters)) return where;
  const entries = addLogConditions(new Where(where.parameters), project, filters);
  return where.and(
    `fingerprint in (select fingerprint from logs where fingerprint is not null and ${entries.sql})`,
  );
}

function toTime(name: string, text: string): string {
  const time = toUtcMicroseconds(text);
  if (time !== undefined) return time;
  throw new HttpProblem(
    422,
    `${name} must be an ISO 8601 date or date and time, such as 2026-11-22T10:00:00Z`,
  );
}
