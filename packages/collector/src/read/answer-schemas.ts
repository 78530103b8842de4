import { Type, type TSchema } from '@sinclair/typebox';

// What `answers.ts` says, as JSON schema: answers are written by these, and the OpenAPI document consists of them.

const levels = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;

const time = Type.String({ description: 'ISO 8601, UTC, six digits' });
const level = Type.Unsafe({ type: 'string', enum: [...levels] });
const count = Type.Integer();
const textOrNull = Type.Unsafe({ type: ['string', 'null'] });
const integerOrNull = Type.Unsafe({ type: ['integer', 'null'] });
const levelCounts = Object.fromEntries(levels.map((name) => [name, count]));
const counted = {
  counted_from: Type.Unsafe({
    type: ['string', 'null'],
    description:
      'null when every matching entry was counted; else the time of the oldest that was. With a filter other than level, from_ts and to_ts the newest 10,000 are',
  }),
};

/** `IssueStatus` */
export const statusSchema: TSchema = Type.Unsafe({
  type: 'string',
  enum: ['OPEN', 'IN_PROGRESS', 'RESOLVED'],
});

/** `LogRecord` */
export const logSchema: TSchema = Type.Object({
  id: Type.String(),
  timestamp: time,
  level,
  message: Type.String(),
  service: textOrNull,
  environment: textOrNull,
  host: textOrNull,
  pid: integerOrNull,
  thread_id: textOrNull,
  sdk_version: textOrNull,
  trace_id: textOrNull,
  module: textOrNull,
  error_type: textOrNull,
  error_message: textOrNull,
  stack_trace: textOrNull,
  extra: Type.Unsafe({ type: ['object', 'null'], additionalProperties: true }),
  fingerprint: Type.Unsafe({
    type: ['string', 'null'],
    description: 'Key of the issue the entry counts for; null below ERROR',
  }),
  received_at: time,
});

const issueFields = {
  id: Type.Integer(),
  fingerprint: Type.String({ description: 'That of its entries' }),
  title: Type.String(),
  error_type: textOrNull,
  level,
  status: statusSchema,
  count,
  first_seen: time,
  last_seen: time,
  sample_stack: Type.Unsafe({
    type: ['string', 'null'],
    description: 'Stack of the latest entry that had one',
  }),
};

/** `IssueRecord` */
export const issueSchema: TSchema = Type.Object(issueFields);

/** `ListedIssue` */
export const listedIssueSchema: TSchema = Type.Object({
  ...issueFields,
  last_message: Type.Unsafe({ type: ['string', 'null'], description: 'What the latest entry says' }),
  last_24_hours: Type.Array(count, {
    description: 'Entries in each of the last 24 hours, the running one last',
  }),
});

/** `IssueAnswer` */
export const issueAnswerSchema: TSchema = Type.Object({
  ...issueFields,
  samples: Type.Array(logSchema, { description: 'The latest entries' }),
  timeline: Type.Object({
    interval: Type.Integer({ description: 'Seconds from one bucket to the next' }),
    buckets: Type.Array(Type.Object({ ts: time, count })),
  }),
});

/** An answer that lists `rows` under `name`. */
export function pageSchema(name: string, row: TSchema): TSchema {
  return Type.Object({
    [name]: Type.Array(row),
    total: Type.Unsafe({
      type: ['integer', 'null'],
      description: 'Rows that match in all; null under a cursor',
    }),
    total_relation: Type.Unsafe({
      type: ['string', 'null'],
      enum: ['eq', 'gte', null],
      description: '`gte` when more than `total` may match: counting stops at 1,000',
    }),
    page: Type.Integer(),
    per_page: Type.Integer(),
    next_cursor: textOrNull,
  });
}

/** `OverviewAnswer` */
export const overviewSchema: TSchema = Type.Object({
  total_logs: count,
  total_errors: count,
  total_issues: count,
  ...counted,
});

/** `SeverityAnswer` */
export const severitySchema: TSchema = Type.Object({ severity: Type.Object(levelCounts), ...counted });

/** `TimelineAnswer` */
export const timelineSchema: TSchema = Type.Object({
  interval: Type.Integer({ description: 'Seconds from one bucket to the next' }),
  buckets: Type.Array(Type.Object({ ts: time, ...levelCounts })),
  ...counted,
});

/** `GapsAnswer` */
export const gapsSchema: TSchema = Type.Object({
  gaps: Type.Array(
    Type.Object({
      log_id: Type.String({ description: 'The entry that says so' }),
      reported_at: time,
      from_ts: time,
      to_ts: time,
      service: textOrNull,
      environment: textOrNull,
      host: textOrNull,
      pid: integerOrNull,
      dropped: count,
      reasons: Type.Record(Type.String(), count),
    }),
  ),
  total_dropped: count,
});

/** What a PATCH of an issue takes. */
export const statusChangeSchema: TSchema = Type.Object(
  {
    status: statusSchema,
    expected_status: Type.Optional(statusSchema),
  },
  { additionalProperties: false },
);

/** The path of one thing. */
export function idSchema(id: TSchema): TSchema {
  return Type.Object({ id });
}

/** The id of an entry. */
export const logId: TSchema = Type.String({ minLength: 1, maxLength: 128, pattern: '^[^\\u0000]*$' });

/** The id of an issue. */
export const issueId: TSchema = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
