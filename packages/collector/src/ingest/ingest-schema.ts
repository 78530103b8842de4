import { Type, type TSchema } from '@sinclair/typebox';
import type { FastifySchema } from 'fastify';
import { timestampYears } from '../timestamp.ts';
import { maxEntries } from './parse-batch.ts';
import { columnLimits, int32, maxSearchedBytes } from './validate-entry.ts';
import { bodyLimits } from './read-body.ts';

// What the OpenAPI page says of taking in. It describes and does not check: a bad entry must cost only itself, so
// entries are checked one by one, in `validate-entry.ts`, which has the limits that are named here.

const text = (field: keyof typeof columnLimits, description?: string): TSchema => {
  const limit = columnLimits[field];
  return Type.String({
    ...(limit === Infinity ? {} : { maxLength: limit }),
    ...(description === undefined ? {} : { description }),
  });
};
const textOrNull = (field: keyof typeof columnLimits): TSchema => Type.Union([text(field), Type.Null()]);

const entrySchema = Type.Object(
  {
    level: Type.Unsafe({ type: 'string', enum: ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] }),
    message: text('message', `With \`error_message\` at most ${maxSearchedBytes} bytes`),
    timestamp: Type.String({
      description: `ISO 8601, UTC if it has no zone, of the years ${timestampYears.first} to ${timestampYears.last}; microseconds are kept`,
    }),
    id: Type.Optional(
      text(
        'id',
        'An entry is stored once per id and timestamp, however often it is sent; without one it gets one',
      ),
    ),
    ...Object.fromEntries(
      (['service', 'environment', 'host', 'thread_id', 'sdk_version', 'trace_id', 'module'] as const).map(
        (field) => [field, Type.Optional(text(field))],
      ),
    ),
    pid: Type.Optional(Type.Integer({ minimum: int32.min, maximum: int32.max })),
    error_type: Type.Optional(textOrNull('error_type')),
    error_message: Type.Optional(textOrNull('error_message')),
    stack_trace: Type.Optional(textOrNull('stack_trace')),
    extra: Type.Optional(
      Type.Object({}, { additionalProperties: true, description: 'Anything else, at most 100 levels deep' }),
    ),
  },
  { description: 'Other fields are accepted and dropped; U+0000 and lone surrogates are refused everywhere' },
);

const answerSchema = Type.Object(
  {
    accepted: Type.Integer({ description: 'Entries that are safe now, those sent before included' }),
    rejected: Type.Optional(
      Type.Array(
        Type.Object({
          index: Type.Integer({ description: 'Place in the array, from 0' }),
          field: Type.String({ description: 'Empty when it is the entry as a whole' }),
          reason: Type.String(),
        }),
        { description: 'Entries that were refused, in their order; left out when there is none' },
      ),
    ),
  },
  {
    description:
      'Stored, or with RabbitMQ confirmed by it, but for what `rejected` names: both together are all entries',
  },
);

/** `{ "detail": … }`, with what it means and the headers beside it. */
const problem = (description: string, headers: Record<string, unknown> = {}): object => ({
  ...Type.Object({ detail: Type.Unsafe({}) }),
  description,
  headers,
});

/** Description of `POST /api/v1/ingest`. */
export const ingestSchema: FastifySchema = {
  tags: ['ingest'],
  summary: 'Takes entries in',
  description:
    'An array of entries, gzipped if `Content-Encoding` holds `gzip`; `Content-Type` does not matter. ' +
    `A body may have ${bodyLimits.wireBytes} bytes, and ${bodyLimits.inflatedBytes} once inflated. ` +
    'A bad entry costs only itself. `[]` is a probe: it succeeds only if the key is good and the database, and RabbitMQ if there is one, answer.',
  security: [{ apiKey: [] }],
  headers: Type.Object({
    'content-encoding': Type.Optional(
      Type.String({ description: '`gzip`; any other encoding is ignored, and the body taken as it is' }),
    ),
  }),
  body: Type.Array(entrySchema, { maxItems: maxEntries }),
  response: {
    202: answerSchema,
    400: problem('The body is not valid gzip, UTF-8 or JSON, or no array'),
    401: problem('The key is wrong or empty'),
    413: problem('The body is too large, or has too many entries; `detail` names the limit'),
    422: problem('There is no header `X-API-Key`'),
    503: problem('Database or broker does not answer, or too much is under way', {
      'Retry-After': Type.Integer({ description: 'Seconds after which to try again' }),
    }),
  },
};
