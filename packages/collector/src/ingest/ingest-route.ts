import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IngestAnswer, RejectedEntry } from '@tracehub/core-sender';
import { HttpProblem } from '../http-problem.ts';
import type { KeyCache } from '../keys/key-cache.ts';
import type { Database } from '../store/database.ts';
import type { LogRow } from '../store/log-row.ts';
import { WriterFullError, type LogWriter } from '../store/log-writer.ts';
import { entryToRow } from './entry-to-row.ts';
import { parseBatch } from './parse-batch.ts';
import { bodyLimits, readBody } from './read-body.ts';
import { validateEntry } from './validate-entry.ts';

/** What taking entries in needs. */
export interface IngestParts {
  database: Database;
  keys: Pick<KeyCache, 'findProject'>;
  writer: LogWriter;
}

/**
 * `POST /api/v1/ingest`. The key is looked at before the body, which is then read, checked entry by entry and
 * stored; the answer follows the commit.
 */
export function addIngestRoute(app: FastifyInstance, { database, keys, writer }: IngestParts): void {
  // A client that goes away takes its connection along, not the work on its batch: the database must outlive that.
  const underWay = new Set<Promise<IngestAnswer>>();
  app.addHook('onClose', async () => void (await Promise.allSettled(underWay)));

  app.route({
    method: 'POST',
    url: '/api/v1/ingest',
    // TraceHub never looks at the content type, while Fastify would refuse a malformed one.
    onRequest: async (request) => void delete request.raw.headers['content-type'],
    handler: async (request, reply) => {
      const work = take(request, reply);
      underWay.add(work);
      try {
        return await work;
      } finally {
        underWay.delete(work);
      }
    },
  });

  async function take(request: FastifyRequest, reply: FastifyReply): Promise<IngestAnswer> {
    const key = request.headers['x-api-key'];
    if (key === undefined) throw missingKey();
    const project = await answering(keys.findProject(String(key)));
    if (project === undefined) throw new HttpProblem(401, 'Invalid API key');

    const body = await readBody(request.raw, bodyLimits);
    const batch = parseBatch(body);
    void reply.status(202);
    if (batch.length === 0) {
      // Senders probe with an empty batch: it must not succeed when a full one could not.
      await answering(database.query('select 1'));
      return { accepted: 0 };
    }

    const { rows, indexes, rejected } = sortOut(batch, project);
    for (const { index, reason } of await answering(writer.write(rows, body.length))) {
      rejected.push({ index: indexes[index] as number, field: '', reason });
    }
    const accepted = batch.length - rejected.length;
    return rejected.length === 0
      ? { accepted }
      : { accepted, rejected: rejected.sort((a, b) => a.index - b.index) };
  }
}

/** Parts a batch into the rows to store, each with its place in the batch, and the entries refused. */
function sortOut(
  batch: readonly unknown[],
  project: number,
): { rows: LogRow[]; indexes: number[]; rejected: RejectedEntry[] } {
  const rows: LogRow[] = [];
  const indexes: number[] = [];
  const rejected: RejectedEntry[] = [];
  for (const [index, value] of batch.entries()) {
    const checked = validateEntry(value);
    if ('fault' in checked) {
      rejected.push({ index, ...checked.fault });
    } else {
      rows.push(entryToRow(checked.entry, project));
      indexes.push(index);
    }
  }
  return { rows, indexes, rejected };
}

/** Turns a failing database into the answer that makes a sender keep its batch and come back. */
async function answering<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof WriterFullError) throw new HttpProblem(503, error.message, { 'retry-after': '1' });
    process.emitWarning(`the database does not answer: ${(error as Error).message}`, {
      code: 'TRACEHUB_COLLECTOR_DATABASE',
    });
    throw new HttpProblem(503, 'the database does not answer', { 'retry-after': '5' });
  }
}

function missingKey(): HttpProblem {
  return new HttpProblem(422, [
    { type: 'missing', loc: ['header', 'x-api-key'], msg: 'Field required', input: null },
  ]);
}
