import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startCollectorProcess } from '../../../test/kit/collector-process.ts';
import { type SeenRequest, type Step, accept, respond } from '../../../test/kit/fault-server.ts';
import { makeTempDirectory } from '../../../test/kit/temp.ts';
import { examine, naming, findingOf } from './doctor-support.ts';
import { KEY, cli, environment, setUp } from './support.ts';

const PAGE = '<!DOCTYPE html><html><head><title>Free WiFi</title></head><body>Log in</body></html>';

describe('tracehub doctor, where all is well', () => {
  it('says so, has delivered a real entry and found it again', async () => {
    const collector = await startCollectorProcess(KEY);
    const env = environment(collector.url, makeTempDirectory('cli'));
    const report = await examine({ env }, '--service', 'shop', '--environment', 'test');
    expect(report.verdict).toEqual({ status: 'ok', finding: 'logs arrive', others: 0 });
    expect(report.end.code).toBe(0);
    const statuses = new Set(report.checks.filter(({ id }) => id !== 'tls').map(({ status }) => status));
    expect([...statuses]).toEqual(['ok']);
    const logs = await collector.logs();
    expect(logs).toHaveLength(1);
    expect(logs[0]).toMatchObject({ service: 'shop', module: 'tracehub.doctor', level: 'INFO' });
    expect(findingOf(report, 'entry')?.details?.['traceId']).toBe(logs[0]?.trace_id);
  }, 60_000);

  it('sends no entry with --no-send, and nothing at all is stored', async () => {
    const { server, env } = await setUp();
    const report = await examine({ env }, '--no-send');
    expect(findingOf(report, 'entry')).toMatchObject({ status: 'skipped' });
    expect(report.verdict).toMatchObject({
      status: 'ok',
      finding: 'nothing wrong was found, but no entry was sent',
    });
    expect(report.end.code).toBe(0);
    const { stdout } = await cli(['doctor', '--no-send'], { env });
    expect(stdout).toMatch(/\nAs far as was looked: nothing wrong was found, but no entry was sent\.\n$/);
    expect(server.requests.length).toBeGreaterThan(0);
    expect(server.requests.every(({ count }) => count === 0)).toBe(true);
  });

  it('shows where each value comes from, and never the whole key', async () => {
    const { env, dlqPath } = await setUp();
    const file = join(dlqPath, 'options.json');
    writeFileSync(file, JSON.stringify({ service: 'shop', environment: 'prod', batchSize: 7, dlqPath }));
    const { end, configuration } = await examine({ env }, '--config', file, '--environment', 'test');
    expect(configuration).toEqual([
      { option: 'endpoint', value: env['TRACEHUB_ENDPOINT'], source: 'TRACEHUB_ENDPOINT' },
      { option: 'apiKey', value: 'th_…cdef (19 characters)', source: 'TRACEHUB_API_KEY' },
      { option: 'service', value: 'shop', source: file },
      { option: 'environment', value: 'test', source: '--environment' },
      { option: 'dlqPath', value: dlqPath, source: file },
      { option: 'batchSize', value: '7', source: file },
    ]);
    expect(end.stdout).not.toContain(KEY);
  });

  it('says the same to people, without colour where nobody looks, and with it where it is forced', async () => {
    const { env } = await setUp();
    const plain = await cli(['doctor'], { env });
    expect(plain.code).toBe(0);
    expect(plain.stdout).toContain('✓ key           accepted (from TRACEHUB_API_KEY)');
    expect(plain.stdout).toContain('All is well: logs arrive.');
    expect(plain.stdout).not.toContain('\u001b');
    const coloured = await cli(['doctor'], { env: { ...env, FORCE_COLOR: '1' } });
    expect(coloured.stdout).toContain('\u001b[32m✓');
    const refused = await cli(['doctor'], { env: { ...env, FORCE_COLOR: '1', NO_COLOR: '1' } });
    expect(refused.stdout).not.toContain('\u001b');
  });
});

/** What the server answers to whatever it is asked. */
const always =
  (status: number, body: unknown = '', headers: Record<string, string> = {}) =>
  (): Step[] => [respond(status, body, headers)];

describe('tracehub doctor names the cause: the server', () => {
  it('wrong key', async () => {
    const { env } = await setUp({ onWhole: always(401, { detail: 'Invalid API key' }) });
    expect(await examine({ env })).toEqual(
      naming('key', /refuses the API key \(status 401, key from TRACEHUB_API_KEY\)/, /compare/),
    );
  });

  it('a key that is taken out on the way', async () => {
    const { env } = await setUp({ onWhole: always(422, { detail: [{ loc: ['header', 'x-api-key'] }] }) });
    expect(await examine({ env })).toEqual(naming('key', /does not arrive/, /X-API-Key/));
  });

  it('wrong path, and finds the right one', async () => {
    const { server, env } = await setUp({
      onWhole: (request) =>
        request.head.startsWith('POST /api/v1/ingest ') ? undefined : [respond(404, { detail: 'Not Found' })],
    });
    const report = await examine({ env: { ...env, TRACEHUB_ENDPOINT: `${server.url}/logs/api/` } });
    expect(report).toEqual(
      naming(
        'address',
        /no TraceHub at .*\/logs\/api\/api\/v1\/ingest \(status 404\)/,
        new RegExp(`set the endpoint to ${server.url}:`),
      ),
    );
  });

  it('a path that is wrong everywhere', async () => {
    const { env } = await setUp({ onWhole: always(404, 'nothing here') });
    expect(await examine({ env })).toEqual(naming('address', /no TraceHub at/, /base URL of the server/));
  });

  it('http that is redirected to https', async () => {
    const { server, env } = await setUp();
    const location = `https://127.0.0.1:${server.port}/api/v1/ingest`;
    server.plan = { onWhole: always(308, '', { location }) };
    const report = await examine({ env });
    expect(report).toEqual(
      naming(
        'address',
        /redirects http to https/,
        new RegExp(`set the endpoint to https://127.0.0.1:${server.port}$`),
      ),
    );
    expect(server.requests).toHaveLength(1);
  });

  it('a redirect that no other endpoint avoids: a slash more, a login on the same host', async () => {
    const { server, env } = await setUp({ onWhole: always(307, '', { location: '/api/v1/ingest/' }) });
    const next = /^no other endpoint helps: .* let POST \/api\/v1\/ingest through as it is$/;
    expect(await examine({ env })).toEqual(naming('address', /redirects to .*\/api\/v1\/ingest\/,/, next));
    server.plan = { onWhole: always(302, '', { location: '/login?to=x' }) };
    expect(await examine({ env })).toEqual(naming('address', /redirects to .*\/login\?to=x,/, next));
  });

  it('a redirect to another port of the same host', async () => {
    const { env } = await setUp({
      onWhole: always(308, '', { location: 'http://127.0.0.1:9/th/api/v1/ingest' }),
    });
    expect(await examine({ env })).toEqual(
      naming(
        'address',
        /redirects to http:\/\/127\.0\.0\.1:9/,
        /^set the endpoint to http:\/\/127\.0\.0\.1:9\/th$/,
      ),
    );
  });

  it('a redirect to a login page', async () => {
    const { env } = await setUp({
      onWhole: always(302, '', { location: 'https://login.example.com/?to=x' }),
    });
    expect(await examine({ env })).toEqual(
      naming('address', /redirects to https:\/\/login\.example\.com/, /is login\.example\.com yours/),
    );
  });

  it('captive portal', async () => {
    const { env } = await setUp({ onWhole: always(200, PAGE, { 'content-type': 'text/html' }) });
    expect(await examine({ env })).toEqual(
      naming('address', /status 200 and a web page \("Free WiFi"\).*captive portal/, /browser/),
    );
  });

  it('an answer of someone else that looks like JSON', async () => {
    const { env } = await setUp({ onWhole: always(200, { ok: true }) });
    expect(await examine({ env })).toEqual(naming('address', /something that is not TraceHub/, /browser/));
  });

  it.each([
    [
      500,
      '<!DOCTYPE html><title>We are sorry (500)</title>',
      /500 and a web page \("We are sorry \(500\)"\): a login/,
    ],
    [
      503,
      PAGE,
      /503 and a web page \("Free WiFi"\): a gateway that lets nothing through for now, a login page/,
    ],
    [
      429,
      { message: 'API rate limit exceeded' },
      /429 and something that is not TraceHub’s: a gateway that lets/,
    ],
    [500, '', /500 and something that is not TraceHub’s: a login page/],
  ])('someone else who answers with status %i: %j', async (status, body, finding) => {
    const { env } = await setUp({ onWhole: always(status, body) });
    const report = await examine({ env });
    expect(report).toEqual(naming('address', finding, /see who answers/));
    expect(findingOf(report, 'server')?.status).toBe('skipped');
  });

  it.each([502, 504])('a gateway whose server is down (%i)', async (status) => {
    const page = `<html>\r\n<head><title>${status} Bad</title></head>`;
    const { env } = await setUp({ onWhole: always(status, page) });
    expect(await examine({ env })).toEqual(
      naming('address', /a gateway that cannot reach the server behind it/, /start the TraceHub API/),
    );
  });

  it('a server that refuses an empty batch', async () => {
    const { env } = await setUp({ onWhole: always(400, { detail: 'no' }) });
    expect(await examine({ env })).toEqual(
      naming('server', /refuses an empty batch \(status 400\)/, /its log/),
    );
  });

  it('a server that asks to wait, as a warning that does not say that logs arrive', async () => {
    const { env } = await setUp({ onWhole: always(429, { detail: 'slow down' }, { 'retry-after': '30' }) });
    const { code, stdout } = await cli(['doctor'], { env });
    expect(code).toBe(0);
    expect(stdout).toContain(
      'No entry was sent, and: the server asks to wait (429, Retry-After 30) [server]',
    );
    expect(stdout).not.toMatch(/logs arrive/i);
  });

  it('clock 1 h off', async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const { env } = await setUp({
      onWhole: (request) => [{ do: 'store' }, respond(202, { accepted: request.count }, { date })],
    });
    expect(await examine({ env })).toEqual(
      naming('clock', /clock of this machine is 1 h behind the server's/, /NTP/),
    );
  });

  it('a server whose database or queue is down', async () => {
    const { env } = await setUp({ onWhole: always(500, { detail: 'Internal server error' }) });
    expect(await examine({ env })).toEqual(
      naming('server', /cannot take logs \(status 500/, /database or message queue/),
    );
  });

  it('a server that takes empty batches only', async () => {
    const { env } = await setUp({
      onWhole: (request) =>
        request.count === 0 ? undefined : [respond(500, { detail: 'Internal server error' })],
    });
    expect(await examine({ env })).toEqual(
      naming('entry', /an empty batch is taken, and a real entry is not: .*500/, /gzip/),
    );
  });

  it('something that refuses gzip, and is content with what it told to do', async () => {
    const { env, dlqPath } = await setUp({
      onWhole: (request) =>
        /content-encoding: gzip/i.test(request.head) ? [respond(500, { detail: 'no gzip' })] : undefined,
    });
    expect(await examine({ env })).toEqual(
      naming('entry', /a real entry is not/, /`compress: false` .*--config/),
    );
    const file = join(dlqPath, 'options.json');
    writeFileSync(file, '{"compress":false}');
    expect((await examine({ env }, '--config', file)).verdict).toMatchObject({ status: 'ok' });
  });

  it('an entry that is accepted and not stored', async () => {
    const logs = { logs: [], total: 0 };
    const answer = (request: SeenRequest): Step[] =>
      request.head.startsWith('GET /api/v1/logs') ? [respond(200, logs)] : accept(request);
    const { env } = await setUp({ onWhole: answer });
    expect(await examine({ env: { ...env, TRACEHUB_READ_TOKEN: 't' } })).toEqual(
      naming('reading', /accepted, and is not found/, /worker/),
    );
  });

  it('a size ceiling, found to 32 KiB, as a warning: senders cope', async () => {
    const ceiling = 300 * 1024;
    const { env } = await setUp({
      onWhole: (request) => (request.wireBytes > ceiling ? [respond(413, PAGE), { do: 'close' }] : undefined),
    });
    const report = await examine({ env });
    expect(report.verdict).toMatchObject({ status: 'warning', check: 'size' });
    const { stdout } = await cli(['doctor'], { env });
    expect(stdout).toMatch(/\nLogs arrive, but: bodies above/);
    const found = findingOf(report, 'size')?.details?.['ceilingBytes'] as number;
    expect(found).toBeLessThanOrEqual(ceiling);
    expect(found).toBeGreaterThan(ceiling - 32 * 1024);
    expect(report.end.code).toBe(0);
  });
});
