import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { CollectorConfigError } from './config-error.ts';
import { isLoopbackHost } from './loopback.ts';
import { known, type Role, type Setting } from './settings.ts';

/** How a collector is set up. Explicit beats environment beats default. */
export interface CollectorOptions {
  /** TCP port; 0 lets the system choose. Default 4319 (`TRACEHUB_COLLECTOR_PORT`). */
  port?: number;
  /**
   * Address to listen on. Default 127.0.0.1 (`TRACEHUB_COLLECTOR_HOST`). One that other machines can
   * reach needs a `readToken`: without it anybody there could read the logs.
   */
  host?: string;
  /**
   * Directory of the embedded database and the development key, or `'memory'` to keep nothing.
   * Default `~/.tracehub/collector` (`TRACEHUB_COLLECTOR_DATA_DIR`). One collector at a time may use it.
   * Not used with a `databaseUrl`.
   */
  dataDir?: string;
  /** PostgreSQL 15 or later to store in, `postgres://…`. Default: the embedded one (`TRACEHUB_COLLECTOR_DATABASE_URL`). */
  databaseUrl?: string;
  /**
   * RabbitMQ 3.10 or later that holds entries until they are stored, `amqp://…`. Default: no queue, an entry is
   * stored before it is answered for (`TRACEHUB_COLLECTOR_AMQP_URL`).
   */
  amqpUrl?: string;
  /**
   * What this process does: `api` takes in and is read from, `worker` stores what is queued, `all` does both.
   * Default `all` (`TRACEHUB_COLLECTOR_ROLE`). The other two need a `databaseUrl` and an `amqpUrl`.
   */
  role?: Role;
  /**
   * Days after which entries are deleted, a calendar month at a time: those of a month go when its last day is
   * older than this. Default: never (`TRACEHUB_COLLECTOR_RETENTION_DAYS`).
   */
  retentionDays?: number;
  /**
   * API key that senders may use (`TRACEHUB_DEV_KEY`). Default: the one kept in the data directory, made at the
   * first start; with a `databaseUrl` none, as keys are made by `tracehub-collector keys create`.
   */
  developmentKey?: string;
  /**
   * Token that reading the default project demands as `Authorization: Bearer`. Default none, which leaves reading
   * open to programs of this machine (`TRACEHUB_READ_TOKEN`).
   */
  readToken?: string;
}

/** Complete settings; what is `undefined` here is off. */
export interface CollectorSettings {
  port: number;
  host: string;
  /** `undefined` with a `databaseUrl`. */
  dataDir: string | undefined;
  databaseUrl: string | undefined;
  amqpUrl: string | undefined;
  role: Role;
  retentionDays: number | undefined;
  developmentKey: string | undefined;
  readToken: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;
type Given = { [K in keyof CollectorOptions]?: unknown };
type Value<K extends keyof typeof known> = NonNullable<ReturnType<(typeof known)[K]['read']>>;

/**
 * Completes explicit options from the environment and the defaults, and refuses what cannot be used.
 * `nameOf` says how an option is called where it was given, for messages: flags call it `--data-dir`.
 */
export function resolveOptions(
  options: CollectorOptions,
  environment: Environment,
  nameOf: (option: string) => string = (option) => `option ${option}`,
): CollectorSettings {
  const given: Given = options;

  function find(name: keyof Given, variable: string): { value: unknown; where: string } | undefined {
    if (given[name] !== undefined) return { value: given[name], where: nameOf(name) };
    // An empty variable counts as unset: that is how compose files and CI pass on a variable nobody set.
    return environment[variable] ? { value: environment[variable], where: variable } : undefined;
  }

  function pick<K extends keyof typeof known>(name: K): Value<K> | undefined {
    const setting = known[name] as Setting<Value<K>>;
    const found = find(name, setting.environment);
    if (found === undefined) return undefined;
    const value = setting.read(found.value);
    if (value !== undefined) return value;
    const shown = setting.isSecret ? 'this value' : JSON.stringify(found.value);
    throw new CollectorConfigError(`${found.where}: ${shown} is not allowed; it must be ${setting.allowed}`);
  }

  const givenDataDir = pick('dataDir');
  const databaseUrl = pick('databaseUrl');
  const settings: CollectorSettings = {
    port: pick('port') ?? 4319,
    host: pick('host') ?? '127.0.0.1',
    dataDir: databaseUrl === undefined ? toPath(givenDataDir ?? defaultDataDir()) : undefined,
    databaseUrl,
    amqpUrl: pick('amqpUrl'),
    role: pick('role') ?? 'all',
    retentionDays: pick('retentionDays'),
    developmentKey: pick('developmentKey'),
    readToken: pick('readToken'),
  };
  if (settings.role !== 'all') {
    for (const name of ['databaseUrl', 'amqpUrl'] as const) {
      if (settings[name] !== undefined) continue;
      throw new CollectorConfigError(
        `${find('role', known.role.environment)?.where}: ${settings.role} works together with other processes, ` +
          `so it needs ${nameOf(name)} or ${known[name].environment}`,
      );
    }
  }
  // A worker shows nothing but its health.
  if (settings.role !== 'worker' && settings.readToken === undefined && !isLoopbackHost(settings.host)) {
    throw new CollectorConfigError(
      `${find('host', known.host.environment)?.where}: ${settings.host} can be reached by other machines, ` +
        `so reading must ask for a token: set ${nameOf('readToken')} or ${known.readToken.environment}, or listen on 127.0.0.1`,
    );
  }
  return settings;
}

const toPath = (dataDir: string): string => (dataDir === 'memory' ? dataDir : resolve(dataDir));

/** Beneath the home directory, which a user without an entry in the system's list, as in many containers, lacks. */
function defaultDataDir(): string {
  try {
    const home = homedir();
    if (home !== '') return join(home, '.tracehub', 'collector');
  } catch {
    // Said below.
  }
  throw new CollectorConfigError(
    `there is no home directory to keep data in: set --data-dir or TRACEHUB_COLLECTOR_DATA_DIR, or 'memory' for none`,
  );
}
