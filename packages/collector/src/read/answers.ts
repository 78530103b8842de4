import type { LogLevel, LogRow } from '../store/log-row.ts';

// What reading answers, in the field names of TraceHub's own server. `answer-schemas.ts` says the same as JSON
// schema; no module of the server is imported here, since the page is typed with these too.

/** A stored entry as it is read. */
export interface LogRecord extends Omit<LogRow, 'project_id'> {
  /** When the collector took it in. */
  received_at: string;
}

/** One page of a list. */
export interface Page {
  /** Rows that match in all, 1,000 at most with filters other than level and time; not counted again when a cursor continues a list. */
  total: number | null;
  /** `gte` when more than `total` may match: counting stops there. */
  total_relation: 'eq' | 'gte' | null;
  page: number;
  per_page: number;
  /** Where to go on; `null` at the end. */
  next_cursor: string | null;
}

/** Answer of `GET /api/v1/logs`. */
export interface LogsAnswer extends Page {
  logs: LogRecord[];
}

/** States of an issue, in the order of the work on it. */
export type IssueStatus = 'OPEN' | 'IN_PROGRESS' | 'RESOLVED';

/** Errors of one kind. */
export interface IssueRecord {
  id: number;
  /** The `fingerprint` of its entries. */
  fingerprint: string;
  title: string;
  error_type: string | null;
  /** Level of the first entry. */
  level: LogLevel;
  status: IssueStatus;
  /** How many entries it has. */
  count: number;
  first_seen: string;
  last_seen: string;
  /** Stack of the latest entry that had one. */
  sample_stack: string | null;
}

/** An issue in a list. */
export interface ListedIssue extends IssueRecord {
  /** What the latest entry says. */
  last_message: string | null;
  /** Entries in each of the last 24 hours, the running one last. */
  last_24_hours: number[];
}

/** Answer of `GET /api/v1/issues`. */
export interface IssuesAnswer extends Page {
  issues: ListedIssue[];
}

/** Answer of `GET /api/v1/issues/{id}`. */
export interface IssueAnswer extends IssueRecord {
  /** The latest entries. */
  samples: LogRecord[];
  timeline: { interval: number; buckets: { ts: string; count: number }[] };
}

/** How much was looked at. */
export interface Counted {
  /**
   * `null` when every matching entry was counted. Else the time of the oldest one that was: searches for words,
   * a trace or a part of `extra`, a service, a module or an environment count the newest 10,000 only.
   */
  counted_from: string | null;
}

/** Answer of `GET /api/v1/stats/overview`. */
export interface OverviewAnswer extends Counted {
  total_logs: number;
  /** Entries of level ERROR or FATAL. */
  total_errors: number;
  total_issues: number;
}

/** Entries of each level. */
export type LevelCounts = Record<LogLevel, number>;

/** Answer of `GET /api/v1/stats/severity`. */
export interface SeverityAnswer extends Counted {
  severity: LevelCounts;
}

/** Answer of `GET /api/v1/stats/timeline`. */
export interface TimelineAnswer extends Counted {
  /** Seconds from one bucket to the next. */
  interval: number;
  /** One after another without a hole, the earliest first. */
  buckets: ({ ts: string } & LevelCounts)[];
}

/** Entries that a sender says it gave up. */
export interface GapRecord {
  /** The entry that says so. */
  log_id: string;
  /** When the sender could say it. */
  reported_at: string;
  /** First and last moment at which entries were given up. */
  from_ts: string;
  to_ts: string;
  service: string | null;
  environment: string | null;
  host: string | null;
  pid: number | null;
  dropped: number;
  /** How many for each reason, such as `buffer-full`. */
  reasons: Record<string, number>;
}

/** Answer of `GET /api/v1/gaps`. */
export interface GapsAnswer {
  /** The newest 100 reports. */
  gaps: GapRecord[];
  /** Entries given up in all of `gaps`. */
  total_dropped: number;
}
