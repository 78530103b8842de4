import {
  appendFileSync,
  cpSync,
  existsSync,
  readFileSync,
  readdirSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readDeadLetters } from '../../../test/kit/dead-letters.ts';
import { entryViolations } from '../../../test/kit/entry-validator.ts';
import { makeTempDirectory } from '../../../test/kit/temp.ts';
import { cli, leaveLetters, plantPoison, setUp, startCli, startCliOnTerminal } from './support.ts';

/** A line as TraceHub's Python SDK 1.2.0 leaves it (contract.md 8). */
function pythonLine(fields: Record<string, unknown> = {}): string {
  return JSON.stringify({
    level: 'INFO',
    message: 'order placed',
    timestamp: '2026-11-22T10:00:00.123+00:00',
    service: 'py-shop',
    environment: 'production',
    host: 'web-1',
    pid: 4711,
    thread_id: 'MainThread',
    sdk_version: 'python/1.2.0',
    ...fields,
  });
}

const NAME = 'failed_2026-11-22T10-00-00.jsonl';

/** Such a file, written a minute ago. */
function writeSdkFile(dlqPath: string, lines: readonly string[], name = NAME): string {
  const path = join(dlqPath, name);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  const then = new Date(Date.now() - 60_000);
  utimesSync(path, then, then);
  return path;
}

/** Whether a first part has become letters. */
function segmentsIn(dlqPath: string): boolean {
  return readdirSync(dlqPath, { recursive: true }).some((name) => String(name).endsWith('.seg'));
}

/** What waits, with the kit's own reading; files of the SDKs are no destinations. */
function lettersIn(dlqPath: string): ReturnType<typeof readDeadLetters> {
  const found = { entries: [], rejected: [], faults: [] } as ReturnType<typeof readDeadLetters>;
  for (const name of readdirSync(dlqPath)) {
    if (!/^[0-9a-f]{16}$/.test(name)) continue;
    const copy = makeTempDirectory('one');
    const target = join(copy, name);
    // The kit reads a directory of destinations.
    cpSync(join(dlqPath, name), target, { recursive: true });
    const { entries, rejected, faults } = readDeadLetters(copy);
    found.entries.push(...entries);
    found.rejected.push(...rejected);
    found.faults.push(...faults);
  }
  return found;
}

describe('tracehub dlq import', () => {
  it('makes letters of a Python SDK’s file with every field in its place, and deletes it then', async () => {
    const { env, dlqPath, server } = await setUp();
    const file = writeSdkFile(dlqPath, [
      pythonLine({ trace_id: 'a'.repeat(32), module: 'orders', extra: { order: 17 } }),
      pythonLine({
        level: 'ERROR',
        error_type: 'ValueError',
        error_message: 'no',
        stack_trace: 'Traceback …',
      }),
    ]);
    const plan = await cli(['dlq', 'import'], { env });
    expect(plan.stdout).toMatch(/^1 file, .* \(failed_2026-11-22T10-00-00\.jsonl\)\n/);
    expect(plan.stdout).toContain(
      `\n2 lines would become letters of ${server.url} (from TRACEHUB_ENDPOINT)\n` +
        'and be sent with the key th_…cdef (19 characters) (from TRACEHUB_API_KEY)\n' +
        'the file would be deleted then\nNothing was done',
    );
    expect(existsSync(file)).toBe(true);
    const done = await cli(['dlq', 'import', '--yes'], { env });
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toContain('2 letters imported');
    expect(existsSync(file)).toBe(false);
    await cli(['dlq', 'replay', '--yes'], { env });
    const [first, second] = server.stored();
    expect(first).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{16}-1$/) as string,
      level: 'INFO',
      message: 'order placed',
      timestamp: '2026-11-22T10:00:00.123000Z',
      service: 'py-shop',
      environment: 'production',
      host: 'web-1',
      pid: 4711,
      thread_id: 'MainThread',
      sdk_version: 'python/1.2.0',
      trace_id: 'a'.repeat(32),
      module: 'orders',
      extra: { order: 17 },
    });
    expect(second).toMatchObject({ level: 'ERROR', error_type: 'ValueError', error_message: 'no' });
  });

  it('mends what the server would not take, and one bad line costs no other', async () => {
    const { env, dlqPath, server } = await setUp();
    const lines = [
      pythonLine({ message: 'good 1' }),
      pythonLine({ message: 'a module too long', module: 'm'.repeat(101) }),
      pythonLine({ message: 'a level of Python', level: 'CRITICAL' }),
      pythonLine({ message: 42 }),
      pythonLine({ message: 'nul \u0000 here', extra: { 'k\u0000': '\ud800' } }),
      pythonLine({ message: 'NaN', extra: {} }).replace(
        '"extra":{}',
        '"extra":{"rate":NaN,"text":"NaN","inf":-Infinity}',
      ),
      '{"level":"INFO","message":"torn',
      '[1,2,3]',
      pythonLine({ message: 'null host', host: null, pid: 'abc', thread_id: 0 }),
      '',
      pythonLine({ message: 'good 2' }),
    ];
    const file = writeSdkFile(dlqPath, lines);
    const plan = await cli(['dlq', 'import'], { env });
    expect(plan.stdout).toContain('\n8 lines would become letters');
    expect(plan.stdout).toMatch(/\n2 lines that cannot be read as an entry would be kept in .*rejected\n/);
    expect(lettersIn(dlqPath).rejected).toEqual([]);
    const done = await cli(['dlq', 'import', '--yes'], { env });
    expect(done.code).toBe(1);
    expect(done.stdout).toContain('8 letters imported');
    expect(done.stdout).toMatch(/2 lines could not be read as an entry: kept in .*rejected/);
    expect(existsSync(file)).toBe(false);
    const { entries, rejected, faults } = lettersIn(dlqPath);
    expect(faults).toEqual([]);
    expect(entries).toHaveLength(8);
    expect(rejected).toEqual(['{"level":"INFO","message":"torn', '[1,2,3]']);
    await cli(['dlq', 'replay', '--yes'], { env });
    const stored = server.stored();
    expect(stored.flatMap((entry) => entryViolations(entry))).toEqual([]);
    expect(stored.map(({ message }) => message)).toEqual(
      expect.arrayContaining(['good 1', 'good 2', '42', 'a level of Python']),
    );
    expect(stored.find(({ message }) => message === 'a level of Python')?.level).toBe('FATAL');
    expect(stored.find(({ message }) => message === 'NaN')?.extra).toEqual({
      rate: 'NaN',
      text: 'NaN',
      inf: '-Infinity',
    });
    // Not the host and process that import it.
    expect(stored.find(({ message }) => message === 'null host')).toMatchObject({
      host: 'unknown',
      pid: 0,
      extra: { original_pid: 'abc' },
    });
    const shown = await cli(['dlq', 'show', '--rejected'], { env });
    expect(shown.stdout).toContain(`line 7 of ${NAME} is no JSON`);
    expect(shown.stdout).toContain(`line 8 of ${NAME} is no JSON object`);
  });

  it('leaves a file that was written just now to its SDK, unless it is named', async () => {
    const { env, dlqPath } = await setUp();
    const file = join(dlqPath, NAME);
    writeFileSync(file, `${pythonLine()}\n`);
    const left = await cli(['dlq', 'import', '--yes'], { env });
    expect(left.stderr).toContain('was written just now');
    expect(left.stdout).toContain('no failed_*.jsonl files');
    const named = await cli(['dlq', 'import', file, '--yes'], { env });
    expect(named.stdout).toContain('1 letter imported');
    expect(existsSync(file)).toBe(false);
  });

  it('makes the same entries of the same file, so that a second import doubles nothing where ids count', async () => {
    const { env, dlqPath, server } = await setUp();
    writeSdkFile(dlqPath, [
      pythonLine({ message: 'a' }),
      pythonLine({ message: 'a' }),
      pythonLine({ message: 'b' }),
    ]);
    await cli(['dlq', 'import', '--yes', '--keep-files'], { env });
    await cli(['dlq', 'import', '--yes'], { env });
    await cli(['dlq', 'replay', '--yes'], { env });
    expect(server.stored()).toHaveLength(6);
    expect(server.ids.size).toBe(3);
    expect(server.faults).toEqual([]);
  });

  it('takes up a file that a killed import left behind', async () => {
    const { env, dlqPath, server } = await setUp();
    writeSdkFile(dlqPath, [pythonLine()], `${NAME}.0123456789abcdef`);
    await cli(['dlq', 'import', '--yes'], { env });
    await cli(['dlq', 'replay', '--yes'], { env });
    expect(server.stored()).toHaveLength(1);
    expect(readdirSync(dlqPath).filter((name) => name.startsWith('failed_'))).toEqual([]);
  });

  /** Lines that take a while to import: more than are made letters in one go. */
  const many = Array.from({ length: 20_000 }, (_, number) => pythonLine({ message: `line ${number}` }));

  it('deletes no file that was written to meanwhile', async () => {
    const { env, dlqPath } = await setUp();
    writeSdkFile(dlqPath, many);
    const child = startCli(['dlq', 'import', '--yes'], { env });
    while (!segmentsIn(dlqPath)) await sleep(2);
    const taken = readdirSync(dlqPath).find((name) => name.startsWith(`${NAME}.`)) ?? '';
    appendFileSync(join(dlqPath, taken), `${pythonLine({ message: 'late' })}\n`);
    const { code, stderr } = await child.ended;
    expect(code).toBe(1);
    expect(stderr).toContain(`${NAME} was written to while it was imported, and stays`);
    expect(readFileSync(join(dlqPath, NAME), 'utf8').split('\n')).toHaveLength(many.length + 2);
  });

  it('ends at Ctrl-C with the file under way, and leaves the others', async () => {
    const { env, dlqPath } = await setUp();
    const [first, second] = [writeSdkFile(dlqPath, many), writeSdkFile(dlqPath, many, 'failed_b.jsonl')];
    const child = startCli(['dlq', 'import', '--yes'], { env });
    while (!segmentsIn(dlqPath)) await sleep(2);
    child.kill('SIGINT');
    const { code, stdout } = await child.ended;
    expect(code).toBe(1);
    expect(stdout).toContain('20,000 letters imported');
    expect(stdout).toContain('1 file not imported');
    expect(existsSync(first)).toBe(false);
    expect(existsSync(second)).toBe(true);
    expect(lettersIn(dlqPath).entries).toHaveLength(many.length);
  });

  it('shows how far it is, on a terminal', async () => {
    const { env, dlqPath } = await setUp();
    writeSdkFile(dlqPath, [pythonLine(), 'not JSON', pythonLine()]);
    const { stdout } = await startCliOnTerminal(['dlq', 'import', '--yes'], { env }).ended;
    const drawn = [...stdout.matchAll(/importing \[[█░]+\] (\d+% \d+\/\d+)/g)].map(([, said]) => said);
    expect(drawn[0]).toBe('0% 0/3');
    expect(drawn.at(-1)).toBe('100% 3/3');
  });

  it('mends poison that was taken out of the queue, and leaves the other letters as they are', async () => {
    const { env, dlqPath, server } = await setUp();
    await server.stop();
    await leaveLetters(4, { endpoint: server.url, dlqPath });
    plantPoison(server.url, dlqPath);
    await server.restart();
    const out = join(makeTempDirectory('export'), 'poison.ndjson');
    await cli(['dlq', 'export', '--poison', '--out', out], { env });
    await cli(['dlq', 'drop', '--poison', '--yes'], { env });
    await cli(['dlq', 'import', out, '--yes'], { env });
    const { stdout } = await cli(['dlq', 'replay', '--yes'], { env });
    expect(stdout).toContain('5 letters delivered');
    const stored = server.stored();
    expect(stored.flatMap((entry) => entryViolations(entry))).toEqual([]);
    expect(stored.find(({ id }) => id === 'a-1')).toMatchObject({
      level: 'WARN',
      message: 'from somewhere else',
    });
  });

  it('reads an export back, ids and all', async () => {
    const { env, dlqPath, server } = await setUp();
    await server.stop();
    await leaveLetters(4, { endpoint: server.url, dlqPath });
    await server.restart();
    const out = join(makeTempDirectory('export'), 'letters.ndjson');
    await cli(['dlq', 'export', '--out', out], { env });
    const ids = readFileSync(out, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }).id);
    await cli(['dlq', 'drop', '--yes'], { env });
    const back = await cli(['dlq', 'import', out, '--yes'], { env });
    expect(back.stdout).toContain('4 letters imported');
    expect(existsSync(out)).toBe(false);
    await cli(['dlq', 'replay', '--yes'], { env });
    expect(server.stored().map(({ id }) => id)).toEqual(ids);
  });

  it('names a file that is not there', async () => {
    const { env } = await setUp();
    const { code, stderr } = await cli(['dlq', 'import', 'nothing.jsonl'], { env });
    expect(code).toBe(2);
    expect(stderr).toMatch(/nothing\.jsonl cannot be imported: ENOENT/);
  });
});
