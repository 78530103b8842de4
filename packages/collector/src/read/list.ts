import type { Queryable } from '../store/database.ts';
import { decodeCursor, encodeCursor, type Cursor } from './cursor.ts';
import type { ListQuery } from './query-schema.ts';
import type { Where } from './where.ts';

/** What is listed: columns of a table, newest first. */
export interface ListSource {
  table: string;
  columns: string;
  /** Column with the time to sort by. */
  time: string;
  /** Type of the `id` column. */
  idType: 'text' | 'bigint';
}

/** One page of a list. */
export interface Page<Row> {
  rows: Row[];
  /** Rows that match in all; not counted again when a cursor continues a list. */
  total: number | null;
  page: number;
  per_page: number;
  /** Where to go on; `null` at the end. */
  next_cursor: string | null;
}

const isId = {
  text: (id: string): boolean => !id.includes('\0'),
  bigint: (id: string): boolean => /^\d{1,18}$/.test(id),
};

/** SQL for a time with the six digits it was sent with, which a JavaScript Date would cut to three. */
export function isoTime(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/** The rows that meet `where`, newest first, by page or from a cursor on. */
export async function listNewest<Row>(
  database: Queryable,
  source: ListSource,
  where: Where,
  query: ListQuery,
): Promise<Page<Row>> {
  const { table, columns, time, idType } = source;
  let total: number | null = null;
  let offset = 0;
  if (query.cursor === undefined) {
    const counted = `select count(*)::float8 as total from ${table} where ${where.sql}`;
    total = (await database.query<{ total: number }>(counted, where.parameters))[0]?.total ?? 0;
    offset = (query.page - 1) * query.per_page;
  } else {
    const after = decodeCursor(query.cursor, isId[idType]);
    where.and(`(${time}, id) < (?::timestamptz, ?::${idType})`, after.time, after.id);
  }

  // One row more than asked for tells whether there is another page.
  const limit = where.parameter(query.per_page + 1);
  const found = await database.query<Row & { cursor_time: string; cursor_id: string }>(
    `select ${columns}, ${isoTime(time)} as cursor_time, id::text as cursor_id
     from ${table} where ${where.sql}
     order by ${time} desc, id desc
     limit ${limit} offset ${where.parameter(offset)}`,
    where.parameters,
  );
  const shown = found.slice(0, query.per_page);
  const last = shown.at(-1);
  return {
    rows: shown.map(({ cursor_time: _time, cursor_id: _id, ...row }) => row as Row),
    total,
    page: query.page,
    per_page: query.per_page,
    next_cursor: last !== undefined && found.length > shown.length ? encodeCursor(toCursor(last)) : null,
  };
}

function toCursor(row: { cursor_time: string; cursor_id: string }): Cursor {
  return { time: row.cursor_time, id: row.cursor_id };
}
