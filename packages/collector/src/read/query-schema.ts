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
  /** A JSON object that `extra` must contain. */
  extra?: string;
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
const text = (maxLength: number, description: string): TSchema =>
  Type.Optional(Type.String({ minLength: 1, maxLength, pattern: '^[^\\u0000]*$', description }));

const filters = {
  q: text(
    1000,
    'Words in message, error type and message, service, module: `both words`, `"a phrase"`, `one or other`, `-without`',
  ),
  level: Type.Optional(
    Type.Array(Type.Unsafe<LogLevel>({ type: 'string', enum: ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] }), {
      maxItems: 5,
      description: 'May be given several times',
    }),
  ),
  service: text(150, 'Exactly this'),
  module: text(100, 'Exactly this'),
  environment: text(50, 'Exactly this'),
  trace_id: text(64, 'Exactly this'),
  extra: text(4096, 'A JSON object that `extra` contains, such as `{"user":{"id":7}}`'),
  from_ts: text(40, 'Earliest timestamp, ISO 8601, inclusive'),
  to_ts: text(40, 'Latest timestamp, ISO 8601, inclusive'),
} satisfies Record<keyof Filters, TSchema>;

/** Names of the filters all reading shares. */
export const filterNames: readonly (keyof Filters)[] = Object.keys(filters) as (keyof Filters)[];

/** Query string of an answer that takes filters and `more`. A misspelt filter that were ignored would show everything as if it matched. */
export function querySchema(more: Record<string, TSchema> = {}): TSchema {
  return Type.Object({ ...filters, ...more }, { additionalProperties: false });
}

/** What a list takes besides filters. */
export const pageOfList: Record<string, TSchema> = {
  page: Type.Integer({
    minimum: 1,
    maximum: 100_001,
    default: 1,
    description: 'Up to 100,000 rows deep; `cursor` goes on from there',
  }),
  per_page: Type.Integer({ minimum: 1, maximum: 1000, default: 50 }),
  cursor: text(1000, 'A `next_cursor`, to go on without counting pages'),
};
