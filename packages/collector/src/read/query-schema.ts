import { Type, type TSchema } from '@sinclair/typebox';
import type { LogLevel } from '../store/log-row.ts';

/** The filters all reading shares. */
export interface Filters {
  /** Words to search for, as in a web search: `"exact words"`, `or`, `-without`. */
  q?: string;
  level?: LogLevel[];
  service?: string;
  module?: string;
  environment?: string;
  trace_id?: string;
  /** Earliest timestamp, inclusive. */
  from_ts?: string;
  /** Latest timestamp, inclusive. */
  to_ts?: string;
}

/** Filters and the part of the result to give. */
export interface ListQuery extends Filters {
  page: number;
  per_page: number;
  /** Continues after the last row of an answer; `page` then has no meaning. */
  cursor?: string;
}

// U+0000 can be in no row, and the database refuses it even in a question.
const text = (maxLength: number): TSchema =>
  Type.Optional(Type.String({ minLength: 1, maxLength, pattern: '^[^\\u0000]*$' }));

const filters = {
  q: text(1000),
  level: Type.Optional(
    Type.Array(Type.Unsafe<LogLevel>({ type: 'string', enum: ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] })),
  ),
  service: text(150),
  module: text(100),
  environment: text(50),
  trace_id: text(64),
  from_ts: text(40),
  to_ts: text(40),
};

// A misspelt filter that were ignored would show everything as if it matched.
const strict = { additionalProperties: false };

/** Query string of an answer that counts. */
export const filtersSchema: TSchema = Type.Object(filters, strict);

/** Query string of an answer that lists. */
export const listSchema: TSchema = Type.Object(
  {
    ...filters,
    page: Type.Integer({ minimum: 1, maximum: 100_000, default: 1 }),
    per_page: Type.Integer({ minimum: 1, maximum: 1000, default: 50 }),
    cursor: text(1000),
  },
  strict,
);
