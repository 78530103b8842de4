import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCollector, type Collector, type IssueRecord } from '../src/index.ts';
import { entry, issues, logs, overview, post } from './support/client.ts';

let collector: Collector;
beforeAll(async () => {
  collector = await createCollector({ port: 0, dataDir: 'memory' });
});
afterAll(() => collector.close());

async function issueOf(errorType: string): Promise<IssueRecord | undefined> {
  const all = await issues(collector, { per_page: '1000' });
  return all.issues.find((issue) => issue.error_type === errorType);
}

describe('an entry', () => {
  it('comes back with every field, microseconds included', async () => {
    const sent = {
      id: 'sender-1',
      level: 'ERROR',
      message: 'boom',
      timestamp: '2026-11-22T10:00:00.123456Z',
      service: 'shop',
      environment: 'production',
      host: 'h1',
      pid: 42,
      thread_id: 'worker-1',
      sdk_version: 'pino/1.2.3',
      trace_id: 'all-fields',
      module: 'cart',
      error_type: 'TypeError',
      error_message: 'x is not a function',
      stack_trace: 'TypeError: x is not a function\n    at f (/app/a.js:1) [1:2]',
      extra: { user: { id: 7, tags: ['a', null, 1.5] } },
    };
    await post(collector, [sent]);
    const found = await logs(collector, { trace_id: 'all-fields' });
    expect(found.logs).toEqual([
      {
        ...sent,
        fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
        received_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      },
    ]);
  });

  it('without an id gets one of its own', async () => {
    await post(collector, [entry({ trace_id: 'no-id' }), entry({ trace_id: 'no-id' })]);
    const found = await logs(collector, { trace_id: 'no-id' });
    expect(new Set(found.logs.map(({ id }) => id)).size).toBe(2);
  });

  it('finds a partition whatever its month', async () => {
    const timestamps = [
      '1970-01-01T00:00:00Z',
      '1999-12-31T23:59:59.999999Z',
      '2000-02-29T12:00:00Z',
      '2026-12-31T23:59:59.999999Z',
      '2027-01-01T00:00:00Z',
      '2100-12-31T23:59:59.999999Z',
    ];
    const answer = await post(
      collector,
      timestamps.map((timestamp) => entry({ timestamp, trace_id: 'months' })),
    );
    expect(answer.json).toEqual({ accepted: timestamps.length });
    const found = await logs(collector, { trace_id: 'months' });
    expect(found.logs.map(({ timestamp }) => timestamp.slice(0, 4))).toEqual([
      '2100',
      '2027',
      '2026',
      '2000',
      '1999',
      '1970',
    ]);
  });
});

describe('a batch sent again', () => {
  const batch = Array.from({ length: 100 }, (_, n) =>
    entry({ id: `again-${n}`, trace_id: 'again', level: 'ERROR', error_type: 'AgainError' }),
  );

  it('is accepted in full and stored once', async () => {
    for (let round = 0; round < 3; round += 1) {
      expect(await post(collector, batch)).toMatchObject({ status: 202, json: { accepted: 100 } });
    }
    expect((await logs(collector, { trace_id: 'again' })).total).toBe(100);
    expect((await issueOf('AgainError'))?.count).toBe(100);
  });

  it('is stored once from fifty connections at the same time', async () => {
    const same = batch.map((one, n) => ({
      ...one,
      id: `same-${n}`,
      trace_id: 'same',
      error_type: 'SameError',
    }));
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(collector, same)));
    for (const answer of answers) expect(answer).toMatchObject({ status: 202, json: { accepted: 100 } });
    expect((await logs(collector, { trace_id: 'same' })).total).toBe(100);
    expect((await issueOf('SameError'))?.count).toBe(100);
  });

  it('adds only what is new', async () => {
    const more = [
      ...batch.slice(50),
      entry({ id: 'again-new', trace_id: 'again', level: 'FATAL', error_type: 'AgainError' }),
    ];
    expect((await post(collector, [...more, ...more])).json).toEqual({ accepted: 102 });
    expect((await logs(collector, { trace_id: 'again' })).total).toBe(101);
    expect((await issueOf('AgainError'))?.count).toBe(101);
  });

  it('with another timestamp is another entry', async () => {
    const [one] = batch;
    await post(collector, [{ ...one, timestamp: '2026-11-22T10:00:00.000001Z', trace_id: 'later' }]);
    expect((await logs(collector, { trace_id: 'later' })).total).toBe(1);
  });
});

describe('an issue', () => {
  const failed = (n: number, timestamp: string, level = 'ERROR'): Record<string, unknown> =>
    entry({
      level,
      timestamp,
      message: `order ${n} failed`,
      error_type: 'OrderError',
      stack_trace: `OrderError: order ${n} failed\n    at save (/app/orders.js:${n}) [${n}:1]`,
    });

  it('counts its entries and knows when it was first and last seen, in whatever order they come', async () => {
    await post(collector, [failed(1, '2026-11-22T10:00:05.000005Z')]);
    await post(collector, [
      failed(2, '2026-11-22T10:00:09.000009Z', 'FATAL'),
      failed(3, '2026-11-22T10:00:01.000001Z'),
    ]);
    await post(collector, [failed(4, '2026-11-22T10:00:03Z')]);
    expect(await issueOf('OrderError')).toEqual({
      id: expect.any(Number),
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      title: 'OrderError',
      error_type: 'OrderError',
      level: 'ERROR',
      status: 'OPEN',
      count: 4,
      first_seen: '2026-11-22T10:00:01.000001Z',
      last_seen: '2026-11-22T10:00:09.000009Z',
      last_message: expect.any(String),
      last_24_hours: expect.any(Array),
      sample_stack: 'OrderError: order 2 failed\n    at save (/app/orders.js:2) [2:1]',
    });
  });

  it('without a type is called by the first 300 characters of its message', async () => {
    await post(collector, [entry({ level: 'FATAL', message: `untyped ${'é'.repeat(400)}` })]);
    const all = await issues(collector, { q: 'untyped' });
    expect(all.issues.map(({ title }) => title)).toEqual([`untyped ${'é'.repeat(292)}`]);
  });

  it('is not made by what is less than an error', async () => {
    const before = await overview(collector);
    await post(
      collector,
      ['DEBUG', 'INFO', 'WARN'].map((level) => entry({ level, error_type: 'MinorError' })),
    );
    expect(await issueOf('MinorError')).toBeUndefined();
    const after = await overview(collector);
    expect(after).toEqual({ ...before, total_logs: before.total_logs + 3 });
  });

  // contract.md section 5: the workload that makes the original worker lose batches.
  it('is exact when connections send the same issues in shuffled order', async () => {
    const send = async (connection: number): Promise<void> => {
      for (let round = 0; round < 5; round += 1) {
        const batch = Array.from({ length: 10 }, (_, n) =>
          entry({
            level: 'ERROR',
            message: 'shuffled',
            error_type: `Shuffled${(n * 7 + connection + round) % 10}`,
          }),
        );
        expect((await post(collector, batch)).json).toEqual({ accepted: 10 });
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, connection) => send(connection)));
    const all = await issues(collector, { q: 'shuffled' });
    expect(all.issues.map(({ count }) => count)).toEqual(Array.from({ length: 10 }, () => 40));
  });
});
