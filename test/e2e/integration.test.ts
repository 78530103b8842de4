import { randomBytes } from 'node:crypto';
import type { IssuesAnswer, LogsAnswer } from '@tracehub/collector';
import { beforeAll, describe, expect, it } from 'vitest';
import { afterTest } from '../kit/after-test.ts';
import { startCollectorProcess } from '../kit/collector-process.ts';
import { watchLedger } from '../kit/ledger-check.ts';
import { senderOptions } from '../kit/sender-options.ts';
import { type Adapter, type OpenLogger, adapters } from './conformance/adapters.ts';
import type { Call } from './conformance/call.ts';

/*
 * The integration cases of TraceHub's Python SDK, for every logger. By default against a collector of their own;
 * against the server at TRACEHUB_TEST_ENDPOINT, with its TRACEHUB_TEST_API_KEY, if that is set. There they read back
 * what was stored if they are given a TRACEHUB_TEST_READ_TOKEN, and otherwise see that all was accepted.
 */
const { TRACEHUB_TEST_ENDPOINT, TRACEHUB_TEST_API_KEY, TRACEHUB_TEST_READ_TOKEN } = process.env;

/** On a server that others use too, nothing of an earlier run may be taken for this one's. */
const run = randomBytes(4).toString('hex');

let server: { url: string; apiKey: string | undefined; isReadable: boolean };
beforeAll(async () => {
  if (TRACEHUB_TEST_ENDPOINT === undefined) {
    const { url, apiKey } = await startCollectorProcess();
    server = { url, apiKey, isReadable: true };
    return;
  }
  server = {
    url: TRACEHUB_TEST_ENDPOINT,
    apiKey: TRACEHUB_TEST_API_KEY,
    isReadable: TRACEHUB_TEST_READ_TOKEN !== undefined,
  };
}, 60_000);

const serviceOf = (adapter: Adapter, what: string): string => `integration ${run} ${adapter.name} ${what}`;

function open(adapter: Adapter, service: string): OpenLogger {
  // No key of the test's own may stand in for the one that is missing.
  const logger = adapter.open({ ...senderOptions(server.url, { service }), apiKey: server.apiKey! });
  watchLedger(adapter.name, logger.verbs);
  afterTest(async () => void (await logger.verbs.close()));
  return logger;
}

/** Logs; gives what has become of it by the server's answers. */
async function deliver({ log, verbs }: OpenLogger, calls: readonly Call[]): Promise<object> {
  for (const call of calls) log(call);
  const receipt = await verbs.flush();
  return { accepted: verbs.stats().accepted, ...receipt };
}

const all = (count: number): object => ({ accepted: count, delivered: count, deadLettered: 0, dropped: 0 });

async function get<Answer>(path: string, query: Record<string, string>): Promise<Answer> {
  const response = await fetch(`${server.url}/api/v1/${path}?${new URLSearchParams(query).toString()}`, {
    headers: TRACEHUB_TEST_READ_TOKEN ? { authorization: `Bearer ${TRACEHUB_TEST_READ_TOKEN}` } : {},
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
}

/** A server with a queue stores some time after it has accepted. */
const SOON = { timeout: 20_000, interval: 100 };

/** Sees that exactly these are stored for a service, in any order. */
async function expectStored(service: string, expected: readonly object[]): Promise<void> {
  if (!server.isReadable) return;
  const stored = async (): Promise<unknown[]> =>
    (await get<LogsAnswer>('logs', { service, per_page: '100' })).logs;
  await expect.poll(stored, SOON).toHaveLength(expected.length);
  expect(await stored()).toEqual(expect.arrayContaining(expected.map((log) => expect.objectContaining(log))));
}

/** Sees that the errors of this type are one issue. */
async function expectOneIssue(type: string, count: number): Promise<void> {
  if (!server.isReadable) return;
  const issues = async (): Promise<unknown[]> =>
    (await get<IssuesAnswer>('issues', { per_page: '1000' })).issues.filter(
      (issue) => issue.error_type === type,
    );
  await expect
    .poll(issues, SOON)
    .toEqual([expect.objectContaining({ error_type: type, title: type, count })]);
}

function failed(type: string, order: number): Error {
  return Object.assign(new Error(`order ${order} failed`), { name: type });
}

describe.each(adapters)('$name', (adapter) => {
  it('a single log', async () => {
    const service = serviceOf(adapter, 'single');
    expect(await deliver(open(adapter, service), [{ message: 'hello' }])).toEqual(all(1));
    await expectStored(service, [{ level: 'INFO', message: 'hello', service, environment: 'test' }]);
  });

  it('five levels', async () => {
    const service = serviceOf(adapter, 'levels');
    const calls = (['debug', 'info', 'warn', 'error', 'fatal'] as const).map((level) => ({
      level,
      message: `at ${level}`,
    }));
    expect(await deliver(open(adapter, service), calls)).toEqual(all(5));
    const stored = calls.map(({ level, message }) => ({ level: level.toUpperCase(), message }));
    await expectStored(service, stored);
  });

  it('an error with its stack becomes one issue, however often it comes', async () => {
    const service = serviceOf(adapter, 'error');
    const type = `Error-${run}-${adapter.name.replaceAll(' ', '-')}`;
    const errors = [1, 2, 3].map((order) => failed(type, order));
    const calls = errors.map((err): Call => ({ level: 'error', fields: { err } }));
    expect(await deliver(open(adapter, service), calls)).toEqual(all(3));
    const stored = errors.map(({ message }) => ({
      level: 'ERROR',
      error_type: type,
      error_message: message,
      stack_trace: expect.stringMatching(/\n {4}at failed \(.*integration\.test\.ts:\d+\)/),
    }));
    await expectStored(service, stored);
    await expectOneIssue(type, 3);
  });

  it('a burst of 50', async () => {
    const service = serviceOf(adapter, 'burst');
    const calls = Array.from({ length: 50 }, (_, index) => ({ message: `entry ${index}` }));
    expect(await deliver(open(adapter, service), calls)).toEqual(all(50));
    await expectStored(service, calls);
  });

  it('metadata', async () => {
    const service = serviceOf(adapter, 'metadata');
    const extra = { user_id: 42, tags: ['a', 'b'], cart: { total: 19.9, items: [{ sku: 'x-1' }] } };
    const call = { fields: { module: 'checkout', extra } };
    expect(await deliver(open(adapter, service), [call])).toEqual(all(1));
    await expectStored(service, [{ module: 'checkout', extra: expect.objectContaining(extra) }]);
  });
});

it('the same error through every logger is one issue', async () => {
  const type = `Error-${run}-of-all`;
  const call: Call = { level: 'error', fields: { err: failed(type, 1) } };
  for (const adapter of adapters) {
    const logger = open(adapter, serviceOf(adapter, 'same error'));
    expect(await deliver(logger, [call])).toEqual(all(1));
  }
  await expectOneIssue(type, adapters.length);
});
