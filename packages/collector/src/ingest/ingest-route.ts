import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IngestAnswer } from '@tracehub/core-sender';
import { HttpProblem } from '../http-problem.ts';
import type { KeyCache } from '../keys/key-cache.ts';
import type { Metrics } from '../metrics.ts';
import { QueueError, type Queue } from '../queue/queue.ts';
import type { Queryable } from '../store/database.ts';
import { toBatches, type RowBatch } from '../store/row-batch.ts';
import type { Warnings } from '../warnings.ts';
import { Admission } from './admission.ts';
import { ingestSchema } from './ingest-schema.ts';
import { parseBatch } from './parse-batch.ts';
import { bodyLimits, readBody } from './read-body.ts';
import { sortOut, type SortedOut } from './sort-out.ts';

/** What taking entries in needs. */
export interface IngestParts {
  database: Pick<Queryable, 'query'>;
  keys: Pick<KeyCache, 'findProject'>;
  queue: Pick<Queue, 'publish' | 'check'>;
  metrics: Metrics;
  warnings: Warnings;
}

/**
 * `POST /api/v1/ingest`. The key is looked at before the body, which is then read, checked entry by entry and
 * published; the answer follows when the queue has made it safe.
 */
export function addIngestRoute(app: FastifyInstance, parts: IngestParts): void {
  const { database, keys, queue, metrics, warnings } = parts;
  const admission = new Admission();
  // A client that goes away takes its connection along, not the work on its batch: the database must outlive that.
  const underWay = new Set<Promise<IngestAnswer>>();
  app.addHook('onClose', async () => void (await Promise.allSettled(underWay)));

  app.route({
    method: 'POST',
    url: '/api/v1/ingest',
    schema: ingestSchema,
    // The schema is there to be read: what is checked, and in which order, is up to the handler.
    validatorCompiler: () => () => true,
    // TraceHub never looks at the content type, while Fastify would refuse a malformed one.
    onRequest: async (request) => void delete request.raw.headers['content-type'],
    onResponse: async (_request, reply) => metrics.requests.inc({ status: reply.statusCode }),
    handler: async (request, reply) => {
      const work = admission.admit((hold) => take(request, reply, hold));
      underWay.add(work);
      try {
        return await work;
      } finally {
        underWay.delete(work);
      }
    },
  });

  async function take(
    request: FastifyRequest,
    reply: FastifyReply,
    hold: (bytes: number) => void,
  ): Promise<IngestAnswer> {
    const key = request.headers['x-api-key'];
    if (key === undefined) throw missingKey();
    const project = await answering(keys.findProject(String(key)));
    if (project === undefined) throw new HttpProblem(401, 'Invalid API key');

    const receivedAt = new Date();
    const { count, batches, indexes, rejected } = toWork(
      await readBody(request.raw, bodyLimits, hold),
      project,
      receivedAt,
    );
    void reply.status(202);
    if (count === 0) {
      // Senders probe with an empty batch: it must not succeed when a full one could not.
      await answering(Promise.all([database.query('select 1'), queue.check()]));
      return { accepted: 0 };
    }

    const refused = await answering(queue.publish(batches));
    let first = 0;
    for (const [batchIndex, batch] of batches.entries()) {
      for (const { index, reason } of refused[batchIndex] ?? []) {
        rejected.push({ index: indexes[first + index] as number, field: '', reason });
      }
      first += batch.count;
    }
    const accepted = count - rejected.length;
    metrics.accepted.inc(accepted);
    metrics.rejected.inc(rejected.length);
    return rejected.length === 0
      ? { accepted }
      : { accepted, rejected: rejected.sort((a, b) => a.index - b.index) };
  }

  /** Turns a failing queue or database into the answer that makes a sender keep its batch and come back. */
  async function answering<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof QueueError) throw new HttpProblem(503, error.message, { 'retry-after': '5' });
      warnings.say('database', `the database does not answer: ${(error as Error).message}`);
      throw new HttpProblem(503, 'the database does not answer', { 'retry-after': '5' });
    }
  }
}

/** What a body asks to be stored. */
interface Work extends Pick<SortedOut, 'indexes' | 'rejected'> {
  /** Entries in the body. */
  count: number;
  batches: RowBatch[];
}

/**
 * Finds the work in a body. In a function of its own, so that the parsed entries, which may take twenty times the
 * memory of their text, are gone while the batches wait to be safe.
 */
function toWork(body: Buffer, project: number, receivedAt: Date): Work {
  const entries = parseBatch(body);
  const { lines, indexes, rejected } = sortOut(entries, project, receivedAt);
  return { count: entries.length, batches: toBatches(lines), indexes, rejected };
}

function missingKey(): HttpProblem {
  return new HttpProblem(422, [
    { type: 'missing', loc: ['header', 'x-api-key'], msg: 'Field required', input: null },
  ]);
}
