/**
 * What an error of the database says about trying again:
 * - `rows`: some row is at fault; leaving it out helps.
 * - `conflict`: two transactions were in each other's way; the same again will do.
 * - `outage`: the server, or the way to it, is not there for the moment; the same again later.
 * - `unknown`: neither time nor other rows will help, as far as one can tell.
 */
export type Verdict = 'rows' | 'conflict' | 'outage' | 'unknown';

/** By SQLSTATE, the whole code before its class. Source: PostgreSQL's manual, appendix A. */
const verdicts: Record<string, Verdict> = {
  '22': 'rows', // data exception
  '23': 'rows', // integrity constraint violation
  '54': 'rows', // program limit exceeded, such as an index row too large
  '40': 'conflict', // transaction rollback: serialization failure 40001, deadlock 40P01
  '55P03': 'conflict', // lock not available
  '08': 'outage', // connection exception
  '53': 'outage', // insufficient resources: disk full, out of memory, too many connections
  '57': 'outage', // operator intervention: shutdown, crash of another backend, still starting, statement timeout
  '58': 'outage', // system error outside of PostgreSQL, such as a failing disk
  '25006': 'outage', // read-only transaction: connected to a standby that is about to take over
};

/** Judges what a driver threw. */
export function judge(error: unknown): Verdict {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  // Errors of the driver itself (connection terminated, timeout) have none; those of the network are ECONNREFUSED
  // and the like. All SQLSTATEs have five characters, none of which spells an E followed by letters.
  if (code === undefined || /^E[A-Z_]+$/.test(code)) return 'outage';
  return verdicts[code] ?? verdicts[code.slice(0, 2)] ?? 'unknown';
}

/** There is no partition for a row: dropped since it was made sure of, by retention. */
export function isMissingPartition(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === '23514' &&
    error.message.startsWith('no partition of relation')
  );
}
