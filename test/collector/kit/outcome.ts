import pg from 'pg';
import { expect, vi } from 'vitest';
import type { Stream } from './stream.ts';

/** What a database holds, read without the collector's code. */
interface Outcome {
  rows: number;
  distinct: number;
  /** Counts of the issues, the smallest first. */
  issues: number[];
  refused: number;
}

async function readOutcome(databaseUrl: string): Promise<Outcome> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const { rows } = await client.query<Outcome>(
      `select count(*)::int as rows, count(distinct extra->>'n')::int as distinct,
         (select coalesce(array_agg(count::int order by count), '{}') from issues) as issues,
         (select count(*)::int from refused_entries) as refused
       from logs`,
    );
    return rows[0] as Outcome;
  } finally {
    await client.end();
  }
}

/** Rows, and the counts of the issues, the smallest first. */
export async function countsIn(databaseUrl: string): Promise<Pick<Outcome, 'rows' | 'issues'>> {
  const { rows, issues } = await readOutcome(databaseUrl);
  return { rows, issues };
}

/** Waits until as many rows are there as were sent, then reads what there is. */
export async function outcomeOf(stream: Stream, databaseUrl: string, ms = 60_000): Promise<Outcome> {
  await stream.delivered();
  await vi.waitFor(async () => expect((await readOutcome(databaseUrl)).rows).toBe(stream.sent), ms);
  return await readOutcome(databaseUrl);
}

/** Each entry there once, and counted once. */
export const exactly = (stream: Stream): Outcome => ({
  rows: stream.sent,
  distinct: stream.sent,
  issues: stream.expectedIssues(),
  refused: 0,
});
