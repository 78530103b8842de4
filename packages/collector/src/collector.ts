import type { AddressInfo } from 'node:net';
import { CollectorConfigError } from './config-error.ts';
import { openDataDirectory } from './data-directory.ts';
import { admitDevelopmentKey, findDevelopmentKey, type DevelopmentKey } from './keys/development-key.ts';
import { KeyCache } from './keys/key-cache.ts';
import { defaultProject, KeyStore } from './keys/key-store.ts';
import { resolveOptions, type CollectorOptions, type CollectorSettings } from './options.ts';
import { ReadAccess } from './read/read-access.ts';
import { createMetrics } from './metrics.ts';
import { InProcessQueue } from './queue/in-process-queue.ts';
import type { Queue } from './queue/queue.ts';
import { RabbitQueue } from './queue/rabbit-queue.ts';
import { createServer } from './server.ts';
import { LogStore } from './store/log-store.ts';
import { migrate } from './store/migrate.ts';
import { openDatabase, openForReading } from './store/open-database.ts';
import { startRetention } from './store/retention.ts';
import { Warnings } from './warnings.ts';
import { createWorker } from './worker/worker.ts';

/** A running collector. */
export interface Collector {
  /** Where it listens; the endpoint to give to a sender. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Directory of everything stored, or `'memory'`; `undefined` with a `databaseUrl`. */
  readonly dataDir: string | undefined;
  /** API key that senders may use; `undefined` with a `databaseUrl`, unless one was given. */
  readonly developmentKey: string | undefined;
  /** Whether the key was given, kept in the data directory by an earlier start, or made at this one. */
  readonly developmentKeySource: 'given' | 'kept' | 'generated' | undefined;
  /** Takes no more requests, finishes those under way for at most five seconds, and closes the database. */
  close(): Promise<void>;
}

/** Requests still under way after this are cut off. */
const closeTimeout = 5000;

/** Starts a collector and resolves when it listens. Rejects with a `CollectorConfigError` when its settings cannot be used. */
export async function createCollector(options: CollectorOptions = {}): Promise<Collector> {
  return await startCollector(resolveOptions(options, process.env));
}

/** Starts a collector with settings that `resolveOptions` has completed. */
export async function startCollector(settings: CollectorSettings): Promise<Collector> {
  // What is open, so that it can be closed in the opposite order: at the end, or when the start fails halfway.
  const open: (() => Promise<unknown>)[] = [];
  const closeAll = async (): Promise<void> => {
    for (let close = open.pop(); close !== undefined; close = open.pop()) await close();
  };

  try {
    const { databaseDir, key: found } = await openDirectory(settings, open);
    const database = await openDatabase(settings.databaseUrl, databaseDir);
    open.push(() => database.close());
    // Closed after the queue: a search that still runs must not hold up the storing of what waits.
    const reading = await openForReading(settings.databaseUrl, database);
    open.push(() => reading.close());
    await migrate(database);

    const keys = new KeyStore(database);
    const key = found && (await admitDevelopmentKey(keys, found, settings.dataDir));
    const warnings = new Warnings();
    if (settings.retentionDays !== undefined) {
      open.push(startRetention(database, settings.retentionDays, warnings));
    }

    const queue = await openQueue(settings.amqpUrl, warnings);
    const metrics = createMetrics(() => queue.depth());
    const patience = new AbortController();
    open.push(async () => {
      const impatience = setTimeout(() => patience.abort(), closeTimeout);
      await queue.close();
      clearTimeout(impatience);
    });
    if (settings.role !== 'api') {
      const isQueued = settings.amqpUrl !== undefined;
      const store = new LogStore(database, { keepRefused: isQueued });
      queue.consume(
        createWorker(store, metrics, { waitsForDatabase: isQueued, warnings, signal: patience.signal }),
      );
    }

    const health = { database, queue, metrics };
    const server = await createServer(
      settings.role === 'worker'
        ? { health }
        : {
            health,
            ingest: { ...health, warnings, keys: new KeyCache(keys, 'ingest') },
            read: {
              database: reading,
              warnings,
              access: new ReadAccess({
                tokens: new KeyCache(keys, 'read'),
                defaultProject: await keys.ensureProject(defaultProject),
                readToken: settings.readToken,
              }),
            },
          },
    );
    open.push(async () => {
      const impatience = setTimeout(() => server.server.closeAllConnections(), closeTimeout);
      await server.close();
      clearTimeout(impatience);
    });
    await listen(() => server.listen({ host: settings.host, port: settings.port }), settings);

    const { port } = server.server.address() as AddressInfo;
    let closed: Promise<void> | undefined;
    return {
      url: `http://${urlHost(settings.host)}:${port}`,
      host: settings.host,
      port,
      dataDir: settings.dataDir,
      developmentKey: key?.value,
      developmentKeySource: key?.source,
      close: () => (closed ??= closeAll()),
    };
  } catch (error) {
    // What went wrong first is what the caller must see.
    await closeAll().catch(() => {});
    throw error;
  }
}

/** Makes the data directory this collector's own, if the settings name one, and finds the development key. */
async function openDirectory(
  { dataDir, developmentKey }: CollectorSettings,
  open: (() => Promise<unknown>)[],
): Promise<{ databaseDir: string; key: DevelopmentKey | undefined }> {
  let databaseDir = 'memory';
  if (dataDir !== undefined && dataDir !== 'memory') {
    const directory = await openDataDirectory(dataDir);
    open.push(() => directory.release());
    databaseDir = directory.databaseDir;
  }
  return { databaseDir, key: await findDevelopmentKey(developmentKey, dataDir) };
}

/** The queue in this process, or the broker at `url` once it was reached. */
async function openQueue(url: string | undefined, warnings: Warnings): Promise<Queue> {
  if (url === undefined) return new InProcessQueue();
  const queue = await RabbitQueue.open({ url, warnings });
  try {
    await queue.waitForConnect();
    return queue;
  } catch (error) {
    await queue.close();
    throw new CollectorConfigError((error as Error).message, { cause: error });
  }
}

async function listen(start: () => Promise<unknown>, { host, port }: CollectorSettings): Promise<void> {
  try {
    await start();
  } catch (error) {
    throw new CollectorConfigError(`cannot listen on ${host} port ${port}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** A host as it stands in a URL; the address "all interfaces" can be listened on but not called. */
function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
