import { once, setMaxListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../../http-problem.ts';
import type { Database } from '../../store/database.ts';
import { querySchema, type Filters } from '../query-schema.ts';
import { addLogConditions, Where } from '../where.ts';
import { Tail, TailBehindError, type TailGroup } from './tail.ts';
import { TailFeed } from './tail-feed.ts';
import { TailPosition } from './tail-position.ts';

/** Readers at the same time; each costs a search for every group that is stored. */
const maxReaders = 50;

/** Milliseconds. */
export interface TailTiming {
  /** A sign of life for proxies and for a reader that waits, and the latest position. */
  heartbeat: number;
  /** A reader has to come back after this, so that a token which was revoked is noticed. */
  maxAge: number;
}

/** Rest between two looks, ms: what is stored meanwhile is found together. */
const pause = 100;

/**
 * `GET /api/v1/logs/tail`: matching entries as they are stored, as server-sent events. Event `logs` holds a list
 * of entries that were stored together, its `id` is what `Last-Event-ID` continues from: nothing is left out or
 * said twice. Event `reset` says that this reader is too far behind to continue and begins anew at the end.
 */
export function addTailRoute(
  app: FastifyInstance,
  { database }: { database: Database },
  { heartbeat, maxAge }: TailTiming = { heartbeat: 15_000, maxAge: 600_000 },
): void {
  const feed = new TailFeed(database);
  const closing = new AbortController();
  setMaxListeners(maxReaders + 1, closing.signal);
  app.addHook('preClose', async () => closing.abort());

  app.get<{ Querystring: Filters }>(
    '/api/v1/logs/tail',
    {
      schema: {
        tags: ['logs'],
        summary: 'Entries as they are stored (server-sent events)',
        description:
          'Event `logs`: a list of entries stored together; its `id`, sent back as `Last-Event-ID`, continues without a gap or a double. Event `reset`: the reader was too far behind; the tail goes on at the end.',
        querystring: querySchema(),
        produces: ['text/event-stream'],
      },
    },
    async (request, reply) => {
      const { query, project, headers } = request;
      // Said now: once the stream has begun there is no status left to say it with.
      addLogConditions(new Where(), project, query);
      if (feed.readers >= maxReaders) {
        throw new HttpProblem(503, `${maxReaders} readers follow the log already`, { 'retry-after': '10' });
      }
      const lastId = headers['last-event-id'];
      const resumed = lastId === undefined ? undefined : TailPosition.parse(String(lastId), Date.now());
      if (lastId !== undefined && resumed === undefined) {
        throw new HttpProblem(422, 'Last-Event-ID must be the id of an event of this tail');
      }

      let tail: Tail | undefined;
      const early: (number | undefined)[] = [];
      const leave = await feed.join((group) => {
        if (tail === undefined) early.push(group);
        else if (group === undefined) void tail.catchUp().catch(() => {});
        else tail.announce(group);
      });
      try {
        tail = new Tail(database, project, query, resumed ?? (await Tail.end(database)));
        if (resumed !== undefined || early.includes(undefined)) await tail.catchUp();
        for (const group of early) if (group !== undefined) tail.announce(group);
      } catch (error) {
        await leave();
        throw error;
      }

      reply.hijack();
      const { raw: response } = reply;
      const over = overWith(response, closing.signal, maxAge);
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // Nothing follows on this connection: kept alive, it would hold up the closing of the server.
        connection: 'close',
        // Proxies such as nginx would gather the events.
        'x-accel-buffering': 'no',
      });
      try {
        await write(response, `retry: 1000\nid: ${tail.position}\nevent: ready\ndata: {}\n\n`, over);
        while (!over.aborted) {
          await tail.wait(heartbeat, over);
          try {
            await write(response, toEvents(await tail.read(), tail.position), over);
          } catch (error) {
            if (!(error instanceof TailBehindError)) throw error;
            tail = new Tail(database, project, query, await Tail.end(database));
            await write(response, `id: ${tail.position}\nevent: reset\ndata: {}\n\n`, over);
          }
          await setTimeout(pause, undefined, { signal: over });
        }
      } catch {
        // It is over, or the database does not answer: then the reader comes back with its position.
      } finally {
        await leave();
        response.end();
      }
    },
  );
}

/** Ends with the connection, with the server, or after the time that a reader may stay. */
function overWith(response: ServerResponse, closing: AbortSignal, maxAge: number): AbortSignal {
  // Put together by hand: Node 20 may forget a signal made by AbortSignal.any while somebody waits for it.
  const over = new AbortController();
  const end = (): void => {
    clearTimeout(timer);
    closing.removeEventListener('abort', end);
    over.abort();
  };
  const timer = globalThis.setTimeout(end, maxAge);
  closing.addEventListener('abort', end);
  response.once('close', end);
  return over.signal;
}

function toEvents(groups: readonly TailGroup[], position: string): string {
  const events = groups
    .filter(({ logs }) => logs.length > 0)
    .map((group) => `id: ${group.position}\nevent: logs\ndata: ${JSON.stringify(group.logs)}\n\n`);
  // An id without data is remembered by the reader, and nothing else happens.
  return events.length > 0 ? events.join('') : `:\nid: ${position}\n\n`;
}

/** Resolves when the socket can take more. */
async function write(response: ServerResponse, text: string, over: AbortSignal): Promise<void> {
  if (!response.write(text)) await once(response, 'drain', { signal: over });
}
