import { describe, expect, test } from 'vitest';
import { readDeadLetters } from '../kit/dead-letters.ts';
import { type Step, accept, respond, startFaultServer } from '../kit/fault-server.ts';
import { type Whereabouts, closeAndAccount, recordNumber, replayAll, startLane } from './lane.ts';

/** Ten records, each whole request answered with these steps. */
async function tenAnsweredWith(
  steps: Step[],
  options: Parameters<typeof startLane>[1] = {},
): Promise<Whereabouts & { warnings: string[]; requests: number }> {
  const server = await startFaultServer({ plan: { onWhole: () => steps } });
  const lane = startLane(server.url, options);
  lane.log(10);
  await lane.sender.flush();
  const requests = server.requests.filter(({ count }) => count > 0).length;
  const found = await closeAndAccount(lane, server);
  if (found.waiting.size > 0) {
    server.plan = {};
    await replayAll(lane, server, 10);
  }
  return { ...found, warnings: lane.warnings, requests };
}

const raw = (text: string): Step => ({ do: 'send', text });
const store: Step = { do: 'store' };

describe('a 202 that says nothing else counts as delivered, unconfirmed', () => {
  const answers: Record<string, Step[]> = {
    'with a truncated body': [
      store,
      raw('HTTP/1.1 202 A\r\ncontent-length: 99\r\n\r\n{"acc'),
      { do: 'close' },
    ],
    'reset in the body': [
      store,
      raw('HTTP/1.1 202 A\r\ncontent-length: 99\r\n\r\n{"acc'),
      { do: 'wait', ms: 30 },
      { do: 'reset' },
    ],
    'with a broken chunk': [
      store,
      raw('HTTP/1.1 202 A\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'),
      { do: 'close' },
    ],
    'with a body that is not JSON': [store, respond(202, 'Accepted')],
    'with an empty body': [store, respond(202)],
    'with 10 MB of body': [store, respond(202, 'x'.repeat(10_000_000))],
    'with an endless body': [
      store,
      raw('HTTP/1.1 202 A\r\ntransfer-encoding: chunked\r\n\r\n'),
      { do: 'repeat', text: `4000\r\n${'y'.repeat(0x4000)}\r\n`, everyMs: 1 },
    ],
  };
  test.each(Object.entries(answers))('%s', async (_, steps) => {
    const { stats, requests, stored } = await tenAnsweredWith(steps);
    expect(stats).toMatchObject({ delivered: 10, unconfirmed: 10, deadLettered: 0 });
    expect(stored.size).toBe(10);
    expect(requests).toBe(1);
  });
});

describe('an answer that is not TraceHub keeps the entries and closes the gate', () => {
  const answers: Record<string, Step[]> = {
    'a captive portal (200, HTML)': [
      respond(200, '<html>Please sign in</html>', { 'content-type': 'text/html' }),
    ],
    'a captive portal with 202': [respond(202, '<!doctype html><p>welcome', { 'content-type': 'text/html' })],
    '200 with foreign JSON': [respond(200, { ok: true })],
    '202 with foreign JSON': [respond(202, { accepted: 'all' })],
    '200 with a truncated body': [raw('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"acc'), { do: 'close' }],
    '201': [respond(201, { accepted: 10 })],
    '204': [raw('HTTP/1.1 204 No Content\r\n\r\n')],
    '404': [respond(404, { detail: 'Not Found' })],
    '405': [respond(405)],
    '301': [respond(301, '', { location: 'http://127.0.0.1:9/api/v1/ingest' })],
    '307': [respond(307, '', { location: 'http://127.0.0.1:9/api/v1/ingest' })],
  };
  test.each(Object.entries(answers))('%s', async (_, steps) => {
    const { stats, requests, waiting, warnings } = await tenAnsweredWith(steps);
    expect(stats).toMatchObject({ delivered: 0, deadLettered: 10, rejected: 0 });
    expect(waiting.size).toBe(10);
    expect(requests).toBe(1);
    expect(warnings).toContain('TRACEHUB_MISDIRECTED');
  });
});

describe('what is not HTTP is tried again, then kept', () => {
  const answers: Record<string, Step[]> = {
    'another protocol': [raw('220 mail.example.com ESMTP\r\n'), { do: 'close' }],
    'two status lines': [raw('HTTP/1.1 HTTP/1.1 202\r\n\r\n'), { do: 'close' }],
    'a content-length that is no number': [
      raw('HTTP/1.1 202 A\r\ncontent-length: ten\r\n\r\n'),
      { do: 'close' },
    ],
    'both framings at once': [
      raw('HTTP/1.1 202 A\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n'),
      { do: 'close' },
    ],
    'a header bomb': [raw(`HTTP/1.1 202 A\r\nx-bomb: ${'b'.repeat(1_000_000)}\r\n\r\n`), { do: 'close' }],
    'a thousand cookies': [
      raw(`HTTP/1.1 202 A\r\n${`set-cookie: ${'c'.repeat(90)}\r\n`.repeat(1_000)}\r\n`),
      { do: 'close' },
    ],
  };
  test.each(Object.entries(answers))('%s', async (_, steps) => {
    const { stats, waiting } = await tenAnsweredWith(steps, { timeout: 300 });
    expect(stats).toMatchObject({ delivered: 0, deadLettered: 10 });
    expect(waiting.size).toBe(10);
  });
});

describe('the number of accepted entries', () => {
  test.each([9, 11, 0, -1, 1.5])('that is %d of 10 keeps them, and they are not resent', async (accepted) => {
    const { stats, requests, rejected, warnings } = await tenAnsweredWith([respond(202, { accepted })]);
    expect(stats).toMatchObject({ delivered: 0, deadLettered: 10, rejected: 10 });
    expect(rejected.size).toBe(10);
    expect(requests).toBe(1);
    expect(warnings).toContain('TRACEHUB_MISMATCH');
  });

  test('that equals what was sent is enough with status 200 too', async () => {
    const { stats } = await tenAnsweredWith([store, respond(200, { accepted: 10 })]);
    expect(stats).toMatchObject({ delivered: 10, unconfirmed: 0 });
  });

  test.each([8, 10])('of %d with two entries refused rejects those two', async (accepted) => {
    const refused = [
      { index: 3, field: 'level', reason: 'unknown' },
      { index: 7, field: '', reason: 'too strange' },
    ];
    const server = await startFaultServer({
      plan: { onWhole: () => [store, respond(202, { accepted, rejected: refused })] },
    });
    const lane = startLane(server.url);
    lane.log(10);
    await lane.sender.flush();
    const { stats, rejected } = await closeAndAccount(lane, server);
    expect(stats).toMatchObject({ delivered: 8, deadLettered: 2, rejected: 2 });
    expect([...rejected]).toEqual([4, 8]);
    expect(server.requests).toHaveLength(1);
  });

  test('with a list of refusals that names places there are not is believed for the rest', async () => {
    const rejected = [
      { index: 99, field: '', reason: '' },
      { index: 'x' },
      null,
      { index: 0, field: 'a', reason: 'b' },
    ];
    const { stats } = await tenAnsweredWith([store, respond(200, { accepted: 10, rejected })]);
    expect(stats).toMatchObject({ delivered: 9, rejected: 1 });
  });
});

test('rejected entries are kept with their reason and are not replayed by themselves', async () => {
  const server = await startFaultServer({
    plan: {
      onWhole: ({ entries }) =>
        entries.some((entry) => recordNumber(entry) === 3) ? [respond(400)] : undefined,
    },
  });
  const lane = startLane(server.url);
  lane.log(5);
  await lane.sender.flush();
  await closeAndAccount(lane, server);
  server.plan = { onWhole: accept };
  const next = startLane(server.url, { dlqPath: lane.dlqPath });
  await next.sender.flush();
  await next.sender.close();
  expect(readDeadLetters(lane.dlqPath).rejected.map(recordNumber)).toEqual([3]);
  expect(
    server
      .stored()
      .map(recordNumber)
      .toSorted((a, b) => a - b),
  ).toEqual([1, 2, 4, 5]);
});
