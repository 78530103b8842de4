import type { Database, Queryable } from './database.ts';

interface PGliteQueryable {
  query<Row>(sql: string, parameters?: unknown[], options?: { blob?: Blob }): Promise<{ rows: Row[] }>;
  exec(script: string): Promise<unknown>;
}

/**
 * PGlite runs as a standalone backend, which never checkpoints by itself: without this its write-ahead log
 * grows for ever. Counted in parameter text; the log takes about three times as much.
 */
const checkpointAfterBytes = 32 * 1024 * 1024;

/**
 * Nor does it gather statistics, without which a search for a rare word walks through every row: done when what was
 * stored since the last time is as much as everything before, and at least this many bytes.
 */
const analyzeAfterBytes = 4 * 1024 * 1024;

const configuration = [
  // A quarter of the default; saves 100 MB of memory and inserts no slower.
  'shared_buffers=32MB',
  'max_wal_size=128MB',
  'timezone=UTC',
];

/** Opens the embedded database in `directory`; `'memory'` for one that keeps nothing. */
export async function openPGlite(directory: string): Promise<Database> {
  const { PGlite } = await import('@electric-sql/pglite');
  const engine = await PGlite.create(directory === 'memory' ? 'memory://' : directory, {
    postgresqlconf: configuration,
  });
  let bytesSinceCheckpoint = 0;
  let bytesSinceAnalyze = 0;
  let analyzeAfter = analyzeAfterBytes;

  const queryableOf = (target: PGliteQueryable): Queryable => ({
    async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
      for (const value of parameters) if (typeof value === 'string') bytesSinceCheckpoint += value.length;
      return (await target.query<Row>(sql, [...parameters])).rows;
    },
    async run(script) {
      await target.exec(script);
    },
    async copy(into, lines) {
      bytesSinceCheckpoint += lines.length;
      bytesSinceAnalyze += lines.length;
      await target.query(`copy ${into} from '/dev/blob'`, [], { blob: new Blob([lines]) });
    },
  });

  async function checkpointIfDue(): Promise<void> {
    if (directory === 'memory' || bytesSinceCheckpoint < checkpointAfterBytes) return;
    bytesSinceCheckpoint = 0;
    await engine.exec('checkpoint');
  }

  async function analyzeIfDue(): Promise<void> {
    if (bytesSinceAnalyze < analyzeAfter) return;
    analyzeAfter += bytesSinceAnalyze;
    bytesSinceAnalyze = 0;
    await engine.exec('analyze logs');
  }

  const outside = queryableOf(engine);
  return {
    async query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]> {
      const rows = await outside.query<Row>(sql, parameters);
      await checkpointIfDue();
      return rows;
    },
    run: (script) => outside.run(script),
    copy: (into, lines) => outside.copy(into, lines),
    async transaction(work) {
      const result = await engine.transaction((transaction) => work(queryableOf(transaction)));
      await checkpointIfDue();
      await analyzeIfDue();
      return result;
    },
    async listen(channel, callback) {
      const stop = await engine.listen(channel, callback);
      return () => stop();
    },
    close: () => engine.close(),
  };
}
