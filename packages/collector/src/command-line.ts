import { parseArgs, type ParseArgsConfig } from 'node:util';
import { CollectorConfigError } from './config-error.ts';
import type { KeysCommand } from './keys/keys-command.ts';
import type { CollectorOptions } from './options.ts';

/** What `tracehub-collector --help` prints. */
export const usage = `Usage: tracehub-collector [options]
       tracehub-collector keys create [--project NAME] [--read] [--name NAME]
       tracehub-collector keys list [--project NAME]
       tracehub-collector keys revoke ID|KEY

  --port PORT            port to listen on, 0 for any          TRACEHUB_COLLECTOR_PORT            4319
  --host HOST            address to listen on                  TRACEHUB_COLLECTOR_HOST            127.0.0.1
  --data-dir DIR         where to keep everything, or memory   TRACEHUB_COLLECTOR_DATA_DIR        ~/.tracehub/collector
  --database-url URL     PostgreSQL to store in instead        TRACEHUB_COLLECTOR_DATABASE_URL
  --amqp-url URL         RabbitMQ to queue in                  TRACEHUB_COLLECTOR_AMQP_URL
  --role ROLE            api, worker or all                    TRACEHUB_COLLECTOR_ROLE            all
  --retention-days DAYS  delete entries older than this        TRACEHUB_COLLECTOR_RETENTION_DAYS  never
  --help

  TRACEHUB_DEV_KEY       API key for senders; without it one is made, kept in the data directory and printed
  TRACEHUB_READ_TOKEN    token that reading demands; needed to listen on an address other machines can reach

keys makes API keys for senders, or with --read tokens for reading, of a project (default: default), lists and
revokes them. It works on the database that --database-url or --data-dir name.
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

const storage = { 'data-dir': { type: 'string' }, 'database-url': { type: 'string' } } as const;

/** What a command line asks for. Values are as typed: `resolveOptions` reads and checks them. */
export interface CommandLine {
  help: boolean;
  options: CollectorOptions;
  /** Set when keys are to be dealt with instead of a collector started. */
  keys?: KeysCommand;
}

/** Reads the arguments after the program's name. */
export function readCommandLine(args: readonly string[]): CommandLine {
  if (args[0] === 'keys') return readKeysCommand(args.slice(1));
  const { values } = parse(args, {
    options: {
      ...storage,
      port: { type: 'string' },
      host: { type: 'string' },
      'amqp-url': { type: 'string' },
      role: { type: 'string' },
      'retention-days': { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  return { help: values['help'] === true, options: toOptions(values) };
}

function readKeysCommand(args: readonly string[]): CommandLine {
  const { values, positionals } = parse(args, {
    allowPositionals: true,
    options: {
      ...storage,
      project: { type: 'string' },
      read: { type: 'boolean' },
      name: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  const options = toOptions(values);
  if (values['help'] === true) return { help: true, options };
  const [action, key, ...rest] = positionals;
  if (action !== 'create' && action !== 'list' && action !== 'revoke') {
    throw new CollectorConfigError('keys needs create, list or revoke. See tracehub-collector --help');
  }
  if ((action === 'revoke') !== (key !== undefined) || rest.length > 0) {
    throw new CollectorConfigError(
      `keys ${action} takes ${action === 'revoke' ? 'one id or key' : 'no argument'}`,
    );
  }
  const { project, name } = values as { project?: string; name?: string };
  for (const [flag, value] of Object.entries({ project, name })) {
    if (value === undefined || /^[\w. -]{1,100}$/.test(value)) continue;
    throw new CollectorConfigError(`--${flag}: must be 1 to 100 letters, digits, dots, spaces, "_" or "-"`);
  }
  return { help: false, options, keys: { action, project, read: values['read'] === true, name, key } };
}

function parse(args: readonly string[], config: ParseArgsConfig): ReturnType<typeof parseArgs> {
  try {
    return parseArgs({ ...config, args: [...args] });
  } catch (error) {
    throw new CollectorConfigError(`${(error as Error).message} See tracehub-collector --help`, {
      cause: error,
    });
  }
}

function toOptions(values: Record<string, unknown>): CollectorOptions {
  const given = Object.entries(values).filter(([flag]) => flag in flags);
  return Object.fromEntries(given.map(([flag, value]) => [flags[flag as keyof typeof flags], value]));
}

/** How an option is called on the command line; the secret ones can only be set in the environment. */
export function flagOf(option: string): string {
  const flag = Object.entries(flags).find(([, name]) => name === option)?.[0];
  return flag === undefined ? `option ${option}` : `--${flag}`;
}
