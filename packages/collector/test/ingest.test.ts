import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCollector, type Collector } from '../src/index.ts';
import { badEntries, long, nested, words } from './support/bad-entries.ts';
import { entry, logs, post, postGzip } from './support/client.ts';

let collector: Collector;
beforeAll(async () => {
  collector = await createCollector({ port: 0, dataDir: 'memory', developmentKey: 'th_test' });
});
afterAll(() => collector.close());

const json = JSON.stringify([entry()]);

describe('the door', () => {
  it('accepts a batch and says how many entries it took', async () => {
    const answer = await post(collector, [entry(), entry()]);
    expect(answer).toMatchObject({ status: 202, json: { accepted: 2 } });
    expect(answer.json).not.toHaveProperty('rejected');
  });

  it.each([
    ['wrong', { 'x-api-key': 'th_other' }],
    ['empty', { 'x-api-key': '' }],
    ['longer by a letter', { 'x-api-key': 'th_testx' }],
  ])('refuses a key that is %s', async (_case, headers) => {
    expect(await post(collector, json, headers)).toMatchObject({
      status: 401,
      json: { detail: 'Invalid API key' },
    });
  });

  it('asks for a missing key as FastAPI does, whatever else the request carries', async () => {
    const response = await fetch(`${collector.url}/api/v1/ingest?x-api-key=th_test`, {
      method: 'POST',
      headers: { authorization: 'Bearer th_test' },
      body: json,
    });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      detail: [{ type: 'missing', loc: ['header', 'x-api-key'] }],
    });
  });

  it('looks at the key before the body', async () => {
    expect((await post(collector, 'not json', { 'x-api-key': 'th_other' })).status).toBe(401);
  });

  it('answers the probe', async () => {
    expect(await post(collector, '[]')).toMatchObject({ status: 202, json: { accepted: 0 } });
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH'])('answers 405 to %s', async (method) => {
    const response = await fetch(`${collector.url}/api/v1/ingest`, {
      method,
      ...(method === 'GET' ? {} : { body: json }),
    });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });

  it.each(['/api/v1/ingest/', '//api/v1/ingest', '/api/v1'])('answers 404 at %s', async (path) => {
    expect((await fetch(collector.url + path, { method: 'POST', body: json })).status).toBe(404);
  });

  it.each(['', 'text/plain', 'application/json; charset=latin1', ';;not a type;;', 'multipart/form-data'])(
    'ignores the content type "%s"',
    async (type) => {
      expect((await post(collector, json, { 'content-type': type })).status).toBe(202);
    },
  );

  it('takes a chunked body and one announced with Expect: 100-continue', async () => {
    const status = await new Promise((resolve, reject) => {
      const sent = request(`${collector.url}/api/v1/ingest`, {
        method: 'POST',
        agent: false,
        headers: { 'x-api-key': 'th_test', expect: '100-continue', 'transfer-encoding': 'chunked' },
      });
      sent.on('continue', () => {
        sent.write(json.slice(0, 5));
        sent.end(json.slice(5));
      });
      sent.on('response', (response) => resolve(response.resume().statusCode));
      sent.on('error', reject);
    });
    expect(status).toBe(202);
  });

  it('stays up when a client leaves in the middle of its body', async () => {
    const socket = connect(collector.port, collector.host);
    await new Promise<void>((done) => {
      socket.write(
        'POST /api/v1/ingest HTTP/1.1\r\nHost: x\r\nX-API-Key: th_test\r\nContent-Length: 100\r\n\r\n[',
        () => done(),
      );
    });
    socket.destroy();
    expect((await post(collector, json)).status).toBe(202);
  });

  it('says it is healthy', async () => {
    const response = await fetch(`${collector.url}/health`);
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
  });
});

describe('encodings', () => {
  it.each(['gzip', 'GZIP', 'x-gzip', 'gzip, identity'])('inflates Content-Encoding: %s', async (encoding) => {
    expect(await postGzip(collector, [entry()], encoding)).toMatchObject({
      status: 202,
      json: { accepted: 1 },
    });
  });

  it.each(['identity', 'deflate', 'br', 'nonsense'])('takes the body as it is under %s', async (encoding) => {
    expect((await post(collector, json, { 'content-encoding': encoding })).status).toBe(202);
  });

  const members = [gzipSync(json.slice(0, 10)), gzipSync(json.slice(10))];
  const gzip = { 'content-encoding': 'gzip' };

  it('takes several gzip members and zeros after them', async () => {
    expect((await post(collector, Buffer.concat(members), gzip)).status).toBe(202);
    expect((await post(collector, Buffer.concat([...members, Buffer.alloc(100)]), gzip)).status).toBe(202);
  });

  const broken = gzipSync(json);
  broken.writeUInt8(broken.readUInt8(broken.length - 6) ^ 1, broken.length - 6);
  it.each([
    ['cut off', gzipSync(json).subarray(0, -4)],
    ['damaged', broken],
    ['not gzip', Buffer.from(json)],
    ['empty', Buffer.alloc(0)],
    ['followed by junk', Buffer.concat([gzipSync(json), Buffer.from('junk')])],
  ])('answers 400 to gzip that is %s', async (_case, body) => {
    const answer = await post(collector, body, gzip);
    expect(answer.status).toBe(400);
    expect(answer.json.detail).toMatch(/^the body is not valid gzip: /);
  });
});

describe('bodies', () => {
  it.each([
    ['an object', '{}', /JSON array/],
    ['wrapped', '{"logs":[]}', /JSON array/],
    ['null', 'null', /JSON array/],
    ['lines', `${JSON.stringify(entry())}\n${JSON.stringify(entry())}`, /not valid JSON/],
    ['empty', '', /not valid JSON/],
    ['with a byte order mark', '\uFEFF[]', /not valid JSON/],
    ['with a comma too many', '[1,]', /not valid JSON/],
    ['with NaN', '[{"extra":{"a":NaN}}]', /not valid JSON/],
    ['with a raw control character', '["\u0001"]', /not valid JSON/],
    ['not UTF-8', Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]), /not valid UTF-8/],
    ['with a surrogate in UTF-8', Buffer.from([0x5b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x5d]), /not valid UTF-8/],
  ])('answers 400 to a body that is %s', async (_case, body, detail) => {
    const answer = await post(collector, body);
    expect(answer.status).toBe(400);
    expect(answer.json.detail).toMatch(detail);
  });

  it('answers 413 with the limit to a body larger than 8 MiB', async () => {
    const answer = await post(collector, randomBytes(9 * 1024 * 1024));
    expect(answer).toMatchObject({ status: 413, json: { detail: 'the body is larger than 8388608 bytes' } });
  });

  it('answers 413 to a gzip bomb without inflating more than the limit', async () => {
    const bomb = Buffer.concat(
      Array.from({ length: 20 }, () => gzipSync(Buffer.alloc(100_000_000 / 20, ' '))),
    );
    const before = process.memoryUsage().arrayBuffers;
    const answer = await post(collector, bomb, { 'content-encoding': 'gzip' });
    expect(answer).toMatchObject({
      status: 413,
      json: { detail: 'the inflated body is larger than 33554432 bytes' },
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(80_000_000);
  });

  // Each far smaller on the wire than what it would be in memory.
  it.each([
    ['objects without end', '{},', 10_000_000, /more than 4000000 values/],
    ['numbers without end', '1,', 10_000_000, /more than 4000000 values/],
    ['a million entries', '{},', 1_000_000, /1000000 entries, more than 50000/],
  ])('answers 413 to %s', async (_what, part, count, detail) => {
    const answer = await post(collector, gzipSync(`[${part.repeat(count).slice(0, -1)}]`), {
      'content-encoding': 'gzip',
    });
    expect([answer.status, answer.json.detail]).toEqual([413, expect.stringMatching(detail)]);
  });
});

describe('a bad entry costs only itself', () => {
  it.each(badEntries)('%s', async (_what, field, bad) => {
    const answer = await post(collector, [entry(), bad, entry(), entry()]);
    expect(answer.status).toBe(202);
    expect(answer.json.accepted).toBe(3);
    expect(answer.json.rejected).toEqual([{ index: 1, field, reason: expect.stringMatching(/./) }]);
  });

  it('refuses a number no double holds', async () => {
    const good = JSON.stringify(entry());
    const answer = await post(collector, `[${good.slice(0, -1)},"extra":{"a":1e400}},${good}]`);
    expect(answer.json).toMatchObject({ accepted: 1, rejected: [{ index: 0, field: 'extra' }] });
  });

  it('is not hurt by any depth', async () => {
    const good = JSON.stringify(entry());
    const deep = `${'['.repeat(500_000)}${']'.repeat(500_000)}`;
    const answer = await post(collector, `[${good.slice(0, -1)},"extra":{"a":${deep}}},${deep},${good}]`);
    expect(answer.json).toMatchObject({ accepted: 1, rejected: [{ field: 'extra' }, { field: '' }] });
  });

  it('names every bad entry of a batch in order, wherever they stand', async () => {
    const batch = Array.from({ length: 51 }, (_, index) =>
      entry(index % 25 === 0 ? { module: long(101) } : { trace_id: 'neighbours' }),
    );
    const answer = await post(collector, batch);
    expect(answer.json.accepted).toBe(48);
    expect(answer.json.rejected?.map(({ index }) => index)).toEqual([0, 25, 50]);
    expect((await logs(collector, { trace_id: 'neighbours' })).total).toBe(48);
  });

  it('says what is wrong in words', async () => {
    const { json: answer } = await post(collector, [entry({ level: 'warn' }), entry({ pid: 12.5 }), {}, [1]]);
    expect(answer.rejected).toEqual([
      { index: 0, field: 'level', reason: 'must be one of DEBUG, INFO, WARN, ERROR, FATAL, not "warn"' },
      { index: 1, field: 'pid', reason: 'must be an integer, not 12.5' },
      { index: 2, field: 'level', reason: 'is missing' },
      { index: 3, field: '', reason: 'an entry must be an object, not an array' },
    ]);
  });
});

describe('an entry within the limits is stored as it was sent', () => {
  const good: [what: string, fields: Record<string, unknown>, stored?: Record<string, unknown>][] = [
    ['100 emoji in module', { module: '😀'.repeat(100) }],
    ['spaces beyond a limit', { module: `${long(100)}   ` }, { module: long(100) }],
    ['null where it may stand', { stack_trace: null, error_type: null, error_message: null }],
    [
      'empty texts',
      { service: '', environment: '', host: '', thread_id: '', sdk_version: '', module: '' },
      { service: null, environment: null, host: null, thread_id: null, sdk_version: null, module: null },
    ],
    ['an empty message', { message: '' }],
    ['pid 0', { pid: 0 }, { pid: null }],
    ['pid in a string', { pid: ' 12 ' }, { pid: 12 }],
    ['pid true', { pid: true }, { pid: 1 }],
    ['the smallest pid', { pid: -(2 ** 31) }],
    ['odd characters', { message: 'a\u0001\uFFFE\uFFFF😀' }],
    ['1 MB in one word', { message: long(1_000_000) }],
    ['900 KB of distinct words', { message: words(900_000) }],
    ['a stack of 1 MB', { stack_trace: `${long(999_990)}\n` }],
    ['10 000 keys', { extra: Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`k${n}`, n])) }],
    [
      'odd keys',
      { extra: JSON.parse('{"":1,"__proto__":{"a":[null,true]},"constructor":2,"é😀":"x"}') as unknown },
    ],
    ['extra of depth 100', { extra: nested(100) }],
    ['1 MB in extra', { extra: { a: long(1_000_000) } }],
    [
      'unknown fields',
      { batch_id: 1, hostname: 'h', project_id: 'other', nested: nested(1000) },
      { batch_id: undefined, hostname: undefined, project_id: undefined, nested: undefined },
    ],
  ];
  it.each(good)('%s', async (what, fields, stored = fields) => {
    expect((await post(collector, [entry({ ...fields, trace_id: what })])).json).toEqual({ accepted: 1 });
    const found = await logs(collector, { trace_id: what });
    expect(found.logs).toHaveLength(1);
    for (const [field, value] of Object.entries(stored)) {
      expect({ [field]: found.logs[0]?.[field as 'message'] }).toEqual({ [field]: value });
    }
  });
});
