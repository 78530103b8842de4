/** Which part of the work a process does. */
export type Role = 'api' | 'worker' | 'all';

/** How one setting is read. */
export interface Setting<T> {
  environment: string;
  allowed: string;
  /** The usable value, or `undefined` when it is not allowed. */
  read: (value: unknown) => T | undefined;
  /** Whether the value must not be shown. */
  isSecret?: boolean;
}

const integer = (environment: string, allowed: string, min: number, max: number): Setting<number> => ({
  environment,
  allowed,
  read: (value) => {
    const number = typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : value;
    return Number.isInteger(number) && (number as number) >= min && (number as number) <= max
      ? (number as number)
      : undefined;
  },
});
const port = integer('TRACEHUB_COLLECTOR_PORT', 'an integer from 0 (any free port) to 65535', 0, 65_535);
const retentionDays = integer(
  'TRACEHUB_COLLECTOR_RETENTION_DAYS',
  'a number of days from 1 to 36500',
  1,
  36_500,
);

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

/** An address that may hold a password. */
const address = (environment: string, protocols: readonly string[]): Setting<string> => ({
  environment,
  allowed: `a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  read: (value) =>
    typeof value === 'string' && URL.canParse(value) && protocols.includes(new URL(value).protocol)
      ? value
      : undefined,
  isSecret: true,
});
const databaseUrl = address('TRACEHUB_COLLECTOR_DATABASE_URL', ['postgres:', 'postgresql:']);
const amqpUrl = address('TRACEHUB_COLLECTOR_AMQP_URL', ['amqp:', 'amqps:']);

const role: Setting<Role> = {
  environment: 'TRACEHUB_COLLECTOR_ROLE',
  allowed: 'api, worker or all',
  read: (value) => (value === 'api' || value === 'worker' || value === 'all' ? value : undefined),
};

// Both travel in a header, so they are held to what every HTTP client sends unchanged.
const secret = (environment: string): Setting<string> => ({
  environment,
  allowed: '1 to 256 printable ASCII characters without spaces',
  read: (value) => (typeof value === 'string' && /^[\x21-\x7e]{1,256}$/.test(value) ? value : undefined),
  isSecret: true,
});
const developmentKey = secret('TRACEHUB_DEV_KEY');
const readToken = secret('TRACEHUB_READ_TOKEN');

/** Every setting, by its name as an option. */
export const known: {
  port: Setting<number>;
  host: Setting<string>;
  dataDir: Setting<string>;
  databaseUrl: Setting<string>;
  amqpUrl: Setting<string>;
  role: Setting<Role>;
  retentionDays: Setting<number>;
  developmentKey: Setting<string>;
  readToken: Setting<string>;
} = { port, host, dataDir, databaseUrl, amqpUrl, role, retentionDays, developmentKey, readToken };
