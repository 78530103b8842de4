import { HttpProblem } from '../http-problem.ts';
import type { Queryable } from '../store/database.ts';
import type { Page } from './answers.ts';
import { decodeCursor, encodeCursor, type Cursor } from './cursor.ts';
import { isoTime } from './iso-time.ts';
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

/** How many rows match. */
export type Total = Pick<Page, 'total' | 'total_relation'>;

/** Matching rows are counted up to this number: nobody turns that many pages, and counting all of a million takes seconds. */
const maxTotal = 1000;

/** Rows that `page` passes over at most: the database walks through each of them, which a cursor spares it. */
const maxOffset = 100_000;

const isId = {
  text: (id: string): boolean => !id.includes('\0'),
  bigint: (id: string): boolean => /^\d{1,18}$/.test(id),
};

/** The rows that meet `where`, newest first, by page or from a cursor on. `total` counts them, where it is asked for. */
export async function listNewest<Row>(
  database: Queryable,
  source: ListSource,
  where: Where,
  query: ListQuery,
  total: () => Promise<Total> = () => countUpTo(database, source.table, where),
): Promise<Page & { rows: Row[] }> {
  const { table, columns, time, idType } = source;
  let counted: Total = { total: null, total_relation: null };
  let offset = 0;
  if (query.cursor === undefined) {
    offset = (query.page - 1) * query.per_page;
    if (offset > maxOffset) {
      throw new HttpProblem(422, `page lies more than ${maxOffset} rows deep: go on with cursor instead`);
    }
    counted = await total();
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
    ...counted,
    page: query.page,
    per_page: query.per_page,
    next_cursor: last !== undefined && found.length > shown.length ? encodeCursor(toCursor(last)) : null,
  };
}

async function countUpTo(database: Queryable, table: string, where: Where): Promise<Total> {
  const [row] = await database.query<{ total: number }>(
    `select count(*)::float8 as total from (select from ${table} where ${where.sql} limit ${maxTotal + 1}) as found`,
    where.parameters,
  );
  const total = row?.total ?? 0;
  return total > maxTotal ? { total: maxTotal, total_relation: 'gte' } : { total, total_relation: 'eq' };
}

function toCursor(row: { cursor_time: string; cursor_id: string }): Cursor {
  return { time: row.cursor_time, id: row.cursor_id };
}
