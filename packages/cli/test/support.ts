import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSender } from '@tracehub/core-sender';
import { type Child, type ChildEnd, type ChildOptions, startProgram } from '../../../test/kit/child.ts';
import { entryLine } from '../../../test/kit/encoded-entries.ts';
import { type FaultServer, type Plan, startFaultServer } from '../../../test/kit/fault-server.ts';
import { watchLedger } from '../../../test/kit/ledger-check.ts';
import { makeTempDirectory } from '../../../test/kit/temp.ts';
import { destinationName } from '../../core-sender/src/dead-letters/destination.ts';
import { SEGMENT_HEADER } from '../../core-sender/src/dead-letters/segment-format.ts';

/** The built program: what users run. */
export const BIN: string = fileURLToPath(new URL('../dist/esm/main.js', import.meta.url));

export const KEY = 'th_0123456789abcdef';

export type CliOptions = Omit<ChildOptions, 'args'>;

/** Starts `tracehub` with these arguments; nothing of this process's environment but what `env` says reaches it. */
export function startCli(args: readonly string[], options: CliOptions = {}): Child {
  return startProgram(BIN, { ...options, args });
}

/** Runs `tracehub` to its end. */
export function cli(args: readonly string[], options: CliOptions = {}): Promise<ChildEnd> {
  return startCli(args, options).ended;
}

/**
 * Starts `tracehub` on a terminal of its own: `script`, of Debian's essential bsdutils, makes one. What the program
 * writes to stdout and stderr is then one text, and what is told to it is typed.
 */
export function startCliOnTerminal(args: readonly string[], options: CliOptions): Child {
  const words = [process.execPath, BIN, ...args].map((word) => `'${word}'`);
  return startProgram('-qec', {
    ...options,
    env: { TERM: 'xterm', ...options.env },
    runtime: 'script',
    // Without a shell in between, which Ctrl-C would end as well.
    args: [`exec ${words.join(' ')}`, '/dev/null'],
  });
}

/** A server of the fault kit, with the environment of an app that is set up for it. */
export interface SetUp {
  server: FaultServer;
  dlqPath: string;
  env: Record<string, string>;
}

export async function setUp(plan: Plan = {}, tls?: { key: string; cert: string }): Promise<SetUp> {
  const server = await startFaultServer({ plan, ...(tls ? { tls } : {}) });
  const dlqPath = makeTempDirectory('cli');
  return { server, dlqPath, env: environment(server.url, dlqPath) };
}

export function environment(endpoint: string, dlqPath: string, apiKey: string = KEY): Record<string, string> {
  return { TRACEHUB_ENDPOINT: endpoint, TRACEHUB_API_KEY: apiKey, TRACEHUB_DLQ_PATH: dlqPath };
}

const LEVELS = ['INFO', 'WARN', 'ERROR'] as const;

/** What the letters are of that {@link leaveLetters} makes. */
export interface LettersOf {
  endpoint: string;
  dlqPath: string;
  apiKey?: string;
  service?: string;
  /** Number of the first. */
  from?: number;
  /** Their message in place of `letter` and the number. */
  text?: string;
}

/** Has a real sender leave `count` dead letters, numbered, by turns INFO, WARN and ERROR; its server must not answer. */
export async function leaveLetters(count: number, of: LettersOf): Promise<void> {
  const { endpoint, dlqPath, apiKey = KEY, service = 'shop', from = 1, text } = of;
  const sender = createSender(
    { endpoint, dlqPath, apiKey, service, environment: 'test', maxRetries: 0, closeTimeout: 0 },
    { sdkVersion: 'test/0.0.0', emitWarning: () => {} },
  );
  watchLedger('the sender that leaves letters', sender);
  for (let number = from; number < from + count; number++) {
    sender.send({
      level: LEVELS[number % 3] ?? 'INFO',
      message: text ?? `letter ${number}`,
      fields: { number },
    });
  }
  const receipt = await sender.close();
  if (receipt.deadLettered !== count)
    throw new Error(`${receipt.deadLettered} of ${count} became dead letters`);
}

/** Plants a segment as our senders write them, with an entry that none of them would make; gives its name. */
export function plantPoison(endpoint: string, dlqPath: string): string {
  const entry = {
    id: 'a-1',
    level: 'WARNING',
    message: 'from somewhere else',
    timestamp: new Date().toISOString(),
    service: 'shop',
  };
  const directory = join(dlqPath, destinationName(endpoint, KEY));
  mkdirSync(directory, { recursive: true });
  const file = '000000000001-abcdef0123456789.seg';
  writeFileSync(join(directory, file), SEGMENT_HEADER + entryLine(JSON.stringify(entry)));
  return file;
}

/** The numbers of letters, in the order in which they came. */
export function numbersOf(entries: readonly { message: string }[]): number[] {
  return entries.map(({ message }) => Number(/^letter (\d+)$/.exec(message)?.[1]));
}
