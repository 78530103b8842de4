import { beforeAll, expect, it } from 'vitest';
import { type CollectorProcess, startCollectorProcess } from '../kit/collector-process.ts';
import { startExample } from './start-example.ts';

let collector: CollectorProcess;
beforeAll(async () => {
  collector = await startCollectorProcess();
});

/** What the collector holds of this process, of each entry its message and what `of` gives. */
async function storedBy(
  pid: number | undefined,
  of: (log: Awaited<ReturnType<CollectorProcess['logs']>>[number]) => unknown,
): Promise<unknown[]> {
  const logs = (await collector.logs()).filter((log) => log.pid === pid);
  return logs.map((log) => [log.message, of(log)]);
}

it('shutdown.mjs answers the request under way and sends what it logs, then ends with 0', async () => {
  const app = startExample('shutdown.mjs', collector);
  const url = await app.line('listening on');
  const answer = fetch(`${url}/orders/17`, { headers: { connection: 'close' } });
  // Into the request, which takes 200 ms.
  await new Promise((resolve) => setTimeout(resolve, 100));
  app.kill('SIGTERM');
  expect(await (await answer).json()).toEqual({ id: '17' });
  expect(await app.ended).toMatchObject({ code: 0, signal: null, stderr: '' });
  expect(await storedBy(app.pid, ({ extra }) => (extra as { order?: unknown } | null)?.order)).toEqual([
    [`Server listening at ${url}`, undefined],
    ['incoming request', undefined],
    ['order read', '17'],
    ['request completed', undefined],
    ['stopped', undefined],
  ]);
});

it('nest-logger.mjs sends what Nest itself says, and what is logged while it stops', async () => {
  const app = startExample('nest-logger.mjs', collector);
  await app.line('listening on');
  app.kill('SIGTERM');
  expect(await app.ended).toMatchObject({ signal: 'SIGTERM', stderr: '' });
  expect(await storedBy(app.pid, ({ module }) => module)).toEqual([
    ['Starting Nest application...', 'NestFactory'],
    ['AppModule dependencies initialized', 'InstanceLoader'],
    ['Nest application successfully started', 'NestApplication'],
    ['stopped', null],
  ]);
});

it('cluster.mjs passes SIGTERM on to its workers; all of them send everything', async () => {
  const primary = startExample('cluster.mjs', collector);
  const pids = (await primary.lines(2)).map((line) => Number(/^worker \d+ \((\d+)\)/.exec(line)?.[1]));
  primary.kill('SIGTERM');
  expect(await primary.ended).toMatchObject({ code: 0, signal: null, stderr: '' });
  const signalOf = ({ extra }: { extra: unknown }): unknown => (extra as { signal?: unknown }).signal;
  expect(await storedBy(primary.pid, signalOf)).toEqual([
    ['worker ended', 'SIGTERM'],
    ['worker ended', 'SIGTERM'],
  ]);
  for (const pid of pids) expect(await storedBy(pid, signalOf)).toEqual([['worker listens', undefined]]);
});
