import { createCollector } from '@tracehub/collector';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { closedPort } from '../kit/closed-port.ts';
import { startPostgres, startRabbit } from '../kit/servers/servers.ts';
import { makeTempDirectory } from '../kit/temp.ts';
import { deploy } from './kit/deployment.ts';
import { exactly, outcomeOf } from './kit/outcome.ts';
import { size } from './kit/size.ts';
import { startStream, type Stream } from './kit/stream.ts';
import { supervise } from './kit/supervised.ts';

const kills = size(2, 20);
/** Starting the embedded database anew takes seconds. */
const embeddedKills = size(1, 20);
const entries = size(2_000, 100_000);

const apiPoints = ['receive', 'before publish', 'after publish', 'confirm', 'before answer', 'after answer'];
const workerPoints = [
  'deliver',
  'copy',
  'insert',
  'before commit',
  'during commit',
  'after commit',
  'before ack',
  'after ack',
];
const embeddedPoints = ['receive', 'embedded before', 'embedded after', 'before answer', 'after answer'];

/** The points one after another, again and again. */
const often = (points: readonly string[], times: number): string[] =>
  Array.from({ length: times }, () => points).flat();

/** Sends all, and a little more at a time until whoever was to die has done so. */
async function sendUntil(stream: Stream, isDone: () => boolean): Promise<void> {
  await stream.send(entries);
  while (!isDone()) {
    await stream.send(25);
    await setTimeout(100);
  }
}

it(`stores ${entries} entries exactly once while API and worker are killed at every point ${kills} times`, async () => {
  const databaseUrl = startPostgres().createDatabase('crash');
  const crashes = { apiPoints: often(apiPoints, kills), workerPoints: often(workerPoints, kills) };
  const { url, api, workers } = await deploy(databaseUrl, (await startRabbit()).nextUrl(), crashes);
  const stream = startStream(url);
  const isDone = (): boolean =>
    api.kills === crashes.apiPoints.length && workers[0]?.kills === crashes.workerPoints.length;
  await sendUntil(stream, isDone);
  expect(await outcomeOf(stream, databaseUrl)).toEqual(exactly(stream));
});

it(`keeps every entry exactly once when the embedded collector is killed at every point ${embeddedKills} times`, async () => {
  const dataDir = makeTempDirectory('embedded');
  const port = await closedPort();
  const points = often(embeddedPoints, embeddedKills);
  const collector = supervise(['--port', String(port), '--data-dir', dataDir], points);
  await collector.url();
  const stream = startStream(`http://127.0.0.1:${port}`);
  await sendUntil(stream, () => collector.kills === points.length);
  await stream.delivered();
  expect(await collector.stop()).toBe(0);

  const reader = await createCollector({ port: 0, dataDir, developmentKey: 'th_test_key' });
  const overview = await fetch(`${reader.url}/api/v1/stats/overview`);
  const issues = await fetch(`${reader.url}/api/v1/issues`);
  const counts = ((await issues.json()) as { issues: { count: number }[] }).issues.map(({ count }) => count);
  expect(await overview.json()).toMatchObject({ total_logs: stream.sent });
  expect(counts.toSorted((a, b) => a - b)).toEqual(stream.expectedIssues());
  await reader.close();
});
