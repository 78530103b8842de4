/** A PostgreSQL server of its own: what is done to it hurts nobody else. */
export interface PrivatePostgres {
  /** Makes an empty database and gives its URL. */
  createDatabase(name: string): string;
  start(): void;
  /** Disconnects everybody and stops. */
  stop(): void;
  /** What a crash leaves: no clean-up of any kind. */
  kill(): void;
  /** Ends it for good, with all its files. */
  remove(): void;
}

/** Starts one in a temporary directory, on loopback, with settings such as `max_wal_size=2GB`. */
export function startPrivatePostgres(settings?: readonly string[]): PrivatePostgres;
