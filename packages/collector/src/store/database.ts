/** Runs statements: a database, or one transaction of it. */
export interface Queryable {
  /** One parameterised statement and its rows. Columns are chosen so that every driver gives the same JavaScript values. */
  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** A script of several statements without parameters. */
  run(script: string): Promise<void>;
  /** Rows in COPY's text format, into `target`: a table and its columns. */
  copy(target: string, lines: Buffer): Promise<void>;
}

/** A PostgreSQL database, wherever it runs. */
export interface Database extends Queryable {
  /** Commits what `work` did, or undoes it when `work` throws. A statement has a time limit unless told otherwise. */
  transaction<T>(
    work: (transaction: Queryable) => Promise<T>,
    settings?: { hasTimeLimit?: boolean },
  ): Promise<T>;
  /**
   * Calls back with the payload of every notification on `channel`, until the function it resolves to is called.
   * A lost connection is made again; then, since notifications may have been missed, `callback` gets `''`.
   */
  listen(channel: string, callback: (payload: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** Each stored group of entries is announced here; the payload is its `logs.seq`. */
export const logsChannel = 'tracehub_logs';

/** Locks that processes sharing a database take for work that only one may do at a time. */
export const advisoryLocks = { migrations: 7_283_001, partitions: 7_283_002, retention: 7_283_003 } as const;
