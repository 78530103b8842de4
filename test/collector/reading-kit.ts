import { randomUUID } from 'node:crypto';
import { KeyCache } from '../../packages/collector/src/keys/key-cache.ts';
import { KeyStore } from '../../packages/collector/src/keys/key-store.ts';
import type { InProcessQueue } from '../../packages/collector/src/queue/in-process-queue.ts';
import { ReadAccess } from '../../packages/collector/src/read/read-access.ts';
import { createServer, type ServerParts } from '../../packages/collector/src/server.ts';
import type { Database } from '../../packages/collector/src/store/database.ts';
import { migrate } from '../../packages/collector/src/store/migrate.ts';
import { partsOn } from '../../packages/collector/test/support/fake-database.ts';

interface Answer<T> {
  status: number;
  body: T;
}

/** A project of its own on a running server, with a key to write and a token to read. */
export interface TestProject {
  url: string;
  token: string;
  post(entries: readonly object[]): Promise<void>;
  get<T>(path: string): Promise<Answer<T>>;
  patch<T>(path: string, body: unknown): Promise<Answer<T>>;
}

export interface ReadingServer {
  url: string;
  /** A project of its own, or the one of this name. */
  project(name?: string): Promise<TestProject>;
  /** Ends the connections that a browser keeps. */
  dropConnections(): void;
  close(): Promise<void>;
}

/** The collector's server on a database, listening on loopback. */
export async function startReadingServer(database: Database, readToken?: string): Promise<ReadingServer> {
  await migrate(database);
  const keys = new KeyStore(database);
  const access = new ReadAccess({
    tokens: new KeyCache(keys, 'read'),
    defaultProject: await keys.ensureProject('default'),
    readToken,
  });
  const { health, ingest, read } = partsOn(database);
  const queue = health.queue as InProcessQueue;
  const server = await createServer({ health, ingest, read: { ...read, access } } as ServerParts);
  const url = await server.listen({ host: '127.0.0.1', port: 0 });

  return {
    url,
    async project(name = randomUUID()) {
      const key = await keys.create('ingest', name, 'test');
      const token = await keys.create('read', name, 'test');
      const headers = { authorization: `Bearer ${token}` };
      const answer = async <T>(path: string, init: RequestInit): Promise<Answer<T>> => {
        const response = await fetch(url + path, init);
        return { status: response.status, body: (await response.json()) as T };
      };
      return {
        url,
        token,
        async post(entries) {
          const { status, body } = await answer<{ accepted: number }>('/api/v1/ingest', {
            method: 'POST',
            headers: { 'x-api-key': key },
            body: JSON.stringify(entries),
          });
          if (status !== 202 || body.accepted !== entries.length) throw new Error(JSON.stringify(body));
        },
        get: (path) => answer(path, { headers }),
        patch: (path, change) =>
          answer(path, {
            method: 'PATCH',
            headers: { ...headers, 'content-type': 'application/json' },
            body: JSON.stringify(change),
          }),
      };
    },
    dropConnections: () => server.server.closeAllConnections(),
    async close() {
      await server.close();
      await queue.close();
    },
  };
}

/** An entry every server accepts, with the fields given on top. */
export function entry(id: string, fields: object = {}): Record<string, unknown> {
  return { id, level: 'INFO', message: 'hello', timestamp: '2026-11-22T10:00:00.000000Z', ...fields };
}
