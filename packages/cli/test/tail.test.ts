import { describe, expect, it } from 'vitest';
import { type Plan, type SeenRequest, type Step, respond } from '../../../test/kit/fault-server.ts';
import { cli, setUp, startCli } from './support.ts';

/** An entry as the collector gives it. */
function log(number: number, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: `a-${number}`,
    timestamp: `2026-11-22T10:00:0${number}.123456Z`,
    level: 'INFO',
    message: `entry ${number}`,
    service: 'shop',
    module: null,
    trace_id: null,
    error_type: null,
    error_message: null,
    ...fields,
  };
}

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n';
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const ready: Step = {
  do: 'send',
  text: `${HEAD}${chunk('retry: 1000\nid: 10\nevent: ready\ndata: {}\n\n')}`,
};
const event = (id: number, ...logs: unknown[]): Step => ({
  do: 'send',
  text: chunk(`id: ${id}\nevent: logs\ndata: ${JSON.stringify(logs)}\n\n`),
});

/** Answers the connections to the tail one after another with these steps, and the list with these entries. */
function tailPlan(connections: Step[][], stored: unknown[] = []): Plan {
  return {
    onWhole(request: SeenRequest) {
      if (request.head.startsWith('GET /api/v1/logs?')) return [respond(200, { logs: stored })];
      return connections.shift() ?? [{ do: 'hang' }];
    },
  };
}

const headOf = (requests: readonly SeenRequest[], index: number): string =>
  requests.filter(({ head }) => head.startsWith('GET /api/v1/logs/tail'))[index]?.head ?? '';

describe('tracehub tail', () => {
  it('shows what was stored, then what comes, nothing twice, and asks for its filters', async () => {
    const connection = [ready, event(11, log(2), log(3)), event(12, log(4)), { do: 'hang' } as const];
    const { env, server } = await setUp(tailPlan([connection], [log(2), log(1)]));
    const args = ['tail', '--level', 'warn', '--service', 'shop', '--query', 'a "b c"', '--last', '2'];
    const child = startCli(args, { env: { ...env, TRACEHUB_READ_TOKEN: 'token' } });
    await child.line('2026-11-22T10:00:04.123');
    child.kill('SIGINT');
    const { stdout, signal } = await child.ended;
    expect(signal).toBe('SIGINT');
    expect(stdout.match(/entry \d/g)).toEqual(['entry 1', 'entry 2', 'entry 3', 'entry 4']);
    expect(stdout.split('\n')[0]).toBe('2026-11-22T10:00:01.123 INFO  shop entry 1');
    const head = headOf(server.requests, 0);
    expect(head).toContain('?q=a+%22b+c%22&service=shop&level=WARN&level=ERROR&level=FATAL HTTP/1.1');
    expect(head).toContain('authorization: Bearer token');
  });

  it('goes on where it was after the connection is lost', async () => {
    const { env, server } = await setUp(
      tailPlan([
        [ready, event(11, log(1)), { do: 'wait', ms: 50 }, { do: 'reset' }],
        [respond(503, { detail: 'busy' })],
        [ready, event(12, log(2)), { do: 'hang' }],
      ]),
    );
    const child = startCli(['tail', '--json'], { env });
    await child.line('{"id":"a-2"');
    child.kill('SIGTERM');
    const { stdout, stderr } = await child.ended;
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([log(1), log(2)]);
    expect(stderr).toMatch(/-- connection lost \(the connection was cut off .*\); trying again/);
    expect(stderr).toContain('-- connection lost (status 503: busy); trying again');
    expect(stderr).toContain('-- connected');
    expect(headOf(server.requests, 0)).not.toContain('last-event-id');
    expect(headOf(server.requests, 1)).toContain('last-event-id: 11');
    expect(headOf(server.requests, 2)).toContain('last-event-id: 11');
  });

  it('says that entries were passed over', async () => {
    const reset: Step = { do: 'send', text: chunk('id: 99\nevent: reset\ndata: {}\n\n') };
    const { env } = await setUp(tailPlan([[ready, reset, event(100, log(1)), { do: 'hang' }]]));
    const child = startCli(['tail', '--json'], { env });
    await child.line('{"id":"a-1"');
    child.kill('SIGTERM');
    expect((await child.ended).stderr).toContain('too far behind: some entries were passed over');
  });

  it('colours by level where colour is asked for', async () => {
    const levels = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
    const logs = levels.map((level, index) => log(index + 1, { level }));
    const { env } = await setUp(tailPlan([[ready, event(11, ...logs), { do: 'hang' }]]));
    const child = startCli(['tail'], { env: { ...env, FORCE_COLOR: '1' } });
    await child.line('\u001b[2m2026-11-22T10:00:05.123');
    child.kill('SIGTERM');
    const { stdout } = await child.ended;
    for (const [level, code] of Object.entries({ DEBUG: 90, INFO: 32, WARN: 33, ERROR: 31, FATAL: 35 })) {
      expect(stdout).toContain(`\u001b[${code}m${level.padEnd(5)}\u001b[39m`);
    }
  });

  it('shows no control character of what was logged', async () => {
    const { env } = await setUp(
      tailPlan([
        [ready, event(11, log(1, { message: 'evil \u001b[2J', service: 's\u0007' })), { do: 'hang' }],
      ]),
    );
    const child = startCli(['tail'], { env });
    const line = await child.line('2026-11-22T10:00:01.123');
    child.kill('SIGTERM');
    await child.ended;
    expect(line).toBe(String.raw`INFO  s\u0007 evil \u001b[2J`);
  });

  it.each([
    [
      401,
      { detail: 'reading needs the header Authorization' },
      2,
      /does not let us read \(401\): reading needs .*TRACEHUB_READ_TOKEN/,
    ],
    [404, { detail: 'Not Found' }, 1, /no live tail/],
    [422, { detail: 'q is too long' }, 2, /refuses a filter: q is too long/],
    [503, { detail: '50 readers' }, 1, /status 503: 50 readers/],
  ])('ends at the start with what the server says: %s', async (status, body, exitCode, text) => {
    const { env } = await setUp({ onWhole: () => [respond(status, body)] });
    const { code, stderr } = await cli(['tail'], { env });
    expect(code).toBe(exitCode);
    expect(stderr).toMatch(text);
  });

  it('ends at the start where nothing listens', async () => {
    const { code, stderr } = await cli(['tail'], { env: {} });
    expect(code).toBe(1);
    expect(stderr).toContain('http://127.0.0.1:9: nothing listens there (ECONNREFUSED)');
  });
});
