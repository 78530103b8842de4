import { exampleLogs } from '../examples/example-logs.ts';
import { type Child, type ChildEnd, type ChildOptions, startProgram } from '../kit/child.ts';
import { type CollectorProcess, startCollectorProcess } from '../kit/collector-process.ts';
import { readDeadLetters } from '../kit/dead-letters.ts';
import { makeTempDirectory } from '../kit/temp.ts';

type StoredLogs = Awaited<ReturnType<CollectorProcess['logs']>>;

/** How a program ended, what it said, and what the collector then holds of it, oldest first. */
interface Run extends Pick<ChildEnd, 'code' | 'stdout' | 'stderr'> {
  logs: StoredLogs;
  /** What is on disk instead, as where the machine was too busy to deliver within `closeTimeout`: nothing. */
  left: string[];
}

/** A collector for a file of rows, and what runs beside it. */
export interface Destination {
  readonly collector: CollectorProcess;
  /** Starts a program that knows where the collector is. */
  start(file: string, options?: ChildOptions): Child;
  /** Runs a program to its end. */
  run(file: string, options?: ChildOptions): Promise<Run>;
}

/** Everything here is slow on a machine that is busy with other rows. */
const LIMIT_MS = 120_000;

export async function startDestination(): Promise<Destination> {
  const collector = await startCollectorProcess();
  const dlqPath = makeTempDirectory('dlq');
  const known = {
    TRACEHUB_ENDPOINT: collector.url,
    TRACEHUB_API_KEY: collector.apiKey,
    TRACEHUB_DLQ_PATH: dlqPath,
    HOME: makeTempDirectory('home'),
  };
  const start = (file: string, options: ChildOptions = {}): Child =>
    startProgram(file, { limit: LIMIT_MS, ...options, env: { ...known, ...options.env } });
  return {
    collector,
    start,
    async run(file, options) {
      const program = start(file, options);
      const { code, stdout, stderr } = await program.ended;
      const logs = (await collector.logs()).filter((log) => log.pid === program.pid);
      const left = readDeadLetters(dlqPath).entries.map(({ message }) => message);
      return { code, stdout, stderr, logs, left };
    },
  };
}

/** The run of a program that logs what the README's set-up of `logger` does, and nothing goes wrong. */
export function exampleRun(logger: string): unknown {
  return { code: 0, stdout: '', stderr: '', logs: exampleLogs(logger), left: [] };
}

/** What `tracehub doctor --json` came to, having said nothing else. */
export function verdictOf({ code, stdout, stderr }: ChildEnd): unknown {
  if (code !== 0 || stderr !== '') throw new Error(`the doctor ended with ${code}: ${stdout}\n${stderr}`);
  return (JSON.parse(stdout) as { verdict: unknown }).verdict;
}
