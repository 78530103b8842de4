import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { IssuesAnswer, LogsAnswer, OverviewAnswer } from '@tracehub/collector';
import { afterTest } from './after-test.ts';

const PROGRAM = fileURLToPath(new URL('../../packages/collector/dist/esm/cli.js', import.meta.url));

/** The key the collector is started with, if none is asked for. */
const API_KEY = 'th_test_key';

type StoredLog = LogsAnswer['logs'][number];
type StoredIssue = IssuesAnswer['issues'][number];

/** A collector of its own process: a logger that blocks this thread must not block the one who answers it. */
export interface CollectorProcess {
  readonly url: string;
  readonly apiKey: string;
  /** All stored entries that meet the filters of `GET /api/v1/logs`, oldest first. */
  logs(filters?: Record<string, string>): Promise<StoredLog[]>;
  issues(filters?: Record<string, string>): Promise<StoredIssue[]>;
  overview(): Promise<OverviewAnswer>;
  stop(): Promise<void>;
}

/** Starts `tracehub-collector` on a free port with everything in memory; it is stopped when the test or file ends. */
export async function startCollectorProcess(apiKey = API_KEY): Promise<CollectorProcess> {
  const child = spawn(process.execPath, [PROGRAM, '--port', '0', '--data-dir', 'memory'], {
    env: { PATH: process.env['PATH'], TRACEHUB_DEV_KEY: apiKey },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let output = '';
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  child.stdout.on('data', (chunk) => (output += String(chunk)));

  let stopping: Promise<void> | undefined;
  async function stop(): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    const [code, signal] = (await ended) as [number | null, string | null];
    if (code !== 0 && signal !== 'SIGTERM') throw new Error(`the collector ended with ${code}: ${output}`);
  }
  afterTest(() => (stopping ??= stop()));

  const url = await addressIn(() => output, child.stdout, ended);

  async function get<T>(path: string, query: Record<string, string>): Promise<T> {
    const response = await fetch(`${url}${path}?${new URLSearchParams(query).toString()}`, {
      headers: { connection: 'close' },
    });
    const body = (await response.json()) as T;
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${JSON.stringify(body)}`);
    return body;
  }

  async function all<Answer extends { next_cursor: string | null }, Row>(
    path: string,
    filters: Record<string, string>,
    rowsOf: (answer: Answer) => Row[],
  ): Promise<Row[]> {
    const rows: Row[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const answer: Answer = await get(path, {
        ...filters,
        per_page: '1000',
        ...(cursor === undefined ? {} : { cursor }),
      });
      rows.push(...rowsOf(answer));
      cursor = answer.next_cursor;
    }
    return rows.toReversed();
  }

  return {
    url,
    apiKey,
    logs: (filters = {}) => all('/api/v1/logs', filters, (answer: LogsAnswer) => answer.logs),
    issues: (filters = {}) => all('/api/v1/issues', filters, (answer: IssuesAnswer) => answer.issues),
    overview: () => get('/api/v1/stats/overview', {}),
    stop: () => (stopping ??= stop()),
  };
}

async function addressIn(
  output: () => string,
  stdout: NodeJS.ReadableStream,
  ended: Promise<unknown>,
): Promise<string> {
  let hasEnded = false;
  void ended.then(() => (hasEnded = true));
  for (;;) {
    const url = /listening on (http:\/\/\S+)/.exec(output())?.[1];
    if (url !== undefined) return url;
    if (hasEnded) throw new Error(`the collector did not start: ${output()}`);
    await Promise.race([once(stdout, 'data'), ended]);
  }
}
