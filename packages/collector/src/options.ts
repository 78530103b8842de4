import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { CollectorConfigError } from './config-error.ts';
import { isLoopbackHost } from './loopback.ts';

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
   */
  dataDir?: string;
  /**
   * API key that senders may use. Default: the one kept in the data directory, made at the first start
   * (`TRACEHUB_DEV_KEY`).
   */
  developmentKey?: string;
  /**
   * Token that reading demands as `Authorization: Bearer`. Default none, which leaves reading open to
   * programs of this machine (`TRACEHUB_READ_TOKEN`).
   */
  readToken?: string;
}

/** Options of later versions: known by name, so that their use is refused by name. */
export interface LaterOptions {
  databaseUrl?: string;
  amqpUrl?: string;
  role?: string;
}

/** Complete settings; what is `undefined` here is off. */
export interface CollectorSettings {
  port: number;
  host: string;
  dataDir: string;
  developmentKey: string | undefined;
  readToken: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;
type Given = { [K in keyof (CollectorOptions & LaterOptions)]?: unknown };

interface Setting<T> {
  environment: string;
  allowed: string;
  /** The usable value, or `undefined` when it is not allowed. */
  read: (value: unknown) => T | undefined;
}

const port: Setting<number> = {
  environment: 'TRACEHUB_COLLECTOR_PORT',
  allowed: 'an integer from 0 (any free port) to 65535',
  read: (value) => {
    const number = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : value;
    return Number.isInteger(number) && (number as number) >= 0 && (number as number) <= 65_535
      ? (number as number)
      : undefined;
  },
};

const host: Setting<string> = {
  environment: 'TRACEHUB_COLLECTOR_HOST',
  allowed: 'a host name or IP address without port',
  read: (value) => (typeof value === 'string' && /^[\w.:%-]+$/.test(value) ? value : undefined),
};

const dataDir: Setting<string> = {
  environment: 'TRACEHUB_COLLECTOR_DATA_DIR',
  allowed: "the path of a directory, or 'memory'",
  read: (value) => (typeof value === 'string' && value !== '' && !value.includes('\0') ? value : undefined),
};

// Both travel in a header, so they are held to what every HTTP client sends unchanged.
const secret = (environment: string): Setting<string> => ({
  environment,
  allowed: '1 to 256 printable ASCII characters without spaces',
  read: (value) => (typeof value === 'string' && /^[\x21-\x7e]{1,256}$/.test(value) ? value : undefined),
});
const developmentKey = secret('TRACEHUB_DEV_KEY');
const readToken = secret('TRACEHUB_READ_TOKEN');

const later = {
  databaseUrl: 'TRACEHUB_COLLECTOR_DATABASE_URL',
  amqpUrl: 'TRACEHUB_COLLECTOR_AMQP_URL',
  role: 'TRACEHUB_COLLECTOR_ROLE',
} as const;

/**
 * Completes explicit options from the environment and the defaults, and refuses what cannot be used.
 * `nameOf` says how an option is called where it was given, for messages: flags call it `--data-dir`.
 */
export function resolveOptions(
  options: CollectorOptions & LaterOptions,
  environment: Environment,
  nameOf: (option: string) => string = (option) => `option ${option}`,
): CollectorSettings {
  const given: Given = options;

  function find(name: keyof Given, variable: string): { value: unknown; where: string } | undefined {
    if (given[name] !== undefined) return { value: given[name], where: nameOf(name) };
    // An empty variable counts as unset: that is how compose files and CI pass on a variable nobody set.
    return environment[variable] ? { value: environment[variable], where: variable } : undefined;
  }

  function pick<T>(name: keyof Given, setting: Setting<T>): T | undefined {
    const found = find(name, setting.environment);
    if (found === undefined) return undefined;
    const value = setting.read(found.value);
    if (value !== undefined) return value;
    const shown =
      setting === developmentKey || setting === readToken ? 'this value' : JSON.stringify(found.value);
    throw notAllowed(found.where, shown, setting.allowed);
  }

  for (const name of ['databaseUrl', 'amqpUrl', 'role'] as const) {
    const found = find(name, later[name]);
    if (found === undefined || (name === 'role' && found.value === 'all')) continue;
    if (name === 'role' && found.value !== 'api' && found.value !== 'worker') {
      throw notAllowed(found.where, JSON.stringify(found.value), 'all');
    }
    throw new CollectorConfigError(
      `${found.where} needs a later version of @tracehub/collector; ` +
        'this one stores in an embedded database and does everything in one process',
    );
  }

  const settings: CollectorSettings = {
    port: pick('port', port) ?? 4319,
    host: pick('host', host) ?? '127.0.0.1',
    dataDir: pick('dataDir', dataDir) ?? defaultDataDir(),
    developmentKey: pick('developmentKey', developmentKey),
    readToken: pick('readToken', readToken),
  };
  if (settings.dataDir !== 'memory') settings.dataDir = resolve(settings.dataDir);
  if (settings.readToken === undefined && !isLoopbackHost(settings.host)) {
    throw new CollectorConfigError(
      `${find('host', host.environment)?.where}: ${settings.host} can be reached by other machines, ` +
        `so reading must ask for a token: set ${nameOf('readToken')} or ${readToken.environment}, or listen on 127.0.0.1`,
    );
  }
  return settings;
}

function notAllowed(where: string, shown: string, allowed: string): CollectorConfigError {
  return new CollectorConfigError(`${where}: ${shown} is not allowed; it must be ${allowed}`);
}

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
