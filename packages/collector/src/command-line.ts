import { parseArgs } from 'node:util';
import { CollectorConfigError } from './config-error.ts';
import type { CollectorOptions } from './options.ts';

/** What `tracehub-collector --help` prints. */
export const usage = `Usage: tracehub-collector [options]

  --port PORT              port to listen on, 0 for any        TRACEHUB_COLLECTOR_PORT      4319
  --host HOST              address to listen on                TRACEHUB_COLLECTOR_HOST      127.0.0.1
  --data-dir DIR           where to keep everything, or memory TRACEHUB_COLLECTOR_DATA_DIR  ~/.tracehub/collector
  --database-url URL       PostgreSQL to store in              TRACEHUB_COLLECTOR_DATABASE_URL    embedded
  --amqp-url URL           RabbitMQ to queue in                TRACEHUB_COLLECTOR_AMQP_URL        none
  --role ROLE              api, worker or all                  TRACEHUB_COLLECTOR_ROLE            all
  --retention-days DAYS    delete older entries                TRACEHUB_COLLECTOR_RETENTION_DAYS  never
  --help

  TRACEHUB_DEV_KEY         API key for senders; without it one is made, kept in the data directory and printed
  TRACEHUB_READ_TOKEN      token that reading demands; needed to listen on an address other machines can reach
`;

const flags = {
  port: 'port',
  host: 'host',
  'data-dir': 'dataDir',
  'database-url': 'databaseUrl',
  'amqp-url': 'amqpUrl',
  role: 'role',
  'retention-days': 'retentionDays',
} as const;

/** What a command line asks for. Values are as typed: `resolveOptions` reads and checks them. */
export interface CommandLine {
  help: boolean;
  options: CollectorOptions;
}

/** Reads the arguments after the program's name. */
export function readCommandLine(args: readonly string[]): CommandLine {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        'data-dir': { type: 'string' },
        'database-url': { type: 'string' },
        'amqp-url': { type: 'string' },
        role: { type: 'string' },
        'retention-days': { type: 'string' },
        help: { type: 'boolean' },
      },
    });
    const { help = false, ...given } = values;
    const options = Object.entries(given).map(([flag, value]) => [flags[flag as keyof typeof flags], value]);
    return { help, options: Object.fromEntries(options) };
  } catch (error) {
    throw new CollectorConfigError(`${(error as Error).message} See tracehub-collector --help`, {
      cause: error,
    });
  }
}

/** How an option is called on the command line; the secret ones can only be set in the environment. */
export function flagOf(option: string): string {
  const flag = Object.entries(flags).find(([, name]) => name === option)?.[0];
  return flag === undefined ? `option ${option}` : `--${flag}`;
}
