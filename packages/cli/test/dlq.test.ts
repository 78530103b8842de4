import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDeadLetters } from '../../../test/kit/dead-letters.ts';
import { respond } from '../../../test/kit/fault-server.ts';
import { makeTempDirectory } from '../../../test/kit/temp.ts';
import { destinationName } from '../../core-sender/src/dead-letters/destination.ts';
import { BIN, KEY, cli, environment, leaveLetters, numbersOf, setUp } from './support.ts';

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** A server that is up, and letters left for it while it was not. */
async function withLetters(count: number, ...more: { apiKey: string; service: string; count: number }[]) {
  const made = await setUp();
  const { server, dlqPath } = made;
  await server.stop();
  await leaveLetters(count, { endpoint: server.url, dlqPath });
  let from = count + 1;
  for (const other of more) {
    await leaveLetters(other.count, { endpoint: server.url, dlqPath, from, ...other });
    from += other.count;
  }
  await server.restart();
  return { ...made, waiting: () => numbersOf(readDeadLetters(dlqPath).entries).toSorted((a, b) => a - b) };
}

const nameOf = (endpoint: string, apiKey: string): string => destinationName(endpoint, apiKey);

describe('tracehub dlq ls', () => {
  it('shows each destination with what waits, and explains the names', async () => {
    const { env, server, dlqPath } = await withLetters(12, {
      apiKey: 'th_old',
      service: 'billing',
      count: 5,
    });
    const { stdout, code } = await cli(['dlq', 'ls'], { env });
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe(dlqPath);
    const own = lines.find((line) => line.startsWith(nameOf(server.url, KEY)));
    expect(own).toMatch(new RegExp(` 12 +0 +0 .*${server.url} with this key, logged by shop \\(test\\)$`));
    const other = lines.find((line) => line.startsWith(nameOf(server.url, 'th_old')));
    expect(other).toMatch(/ 5 +0 +0 .* {2}logged by billing \(test\)$/);
  });

  it('says the same as JSON, and changes nothing', async () => {
    const { env, server, dlqPath } = await withLetters(3);
    const name = nameOf(server.url, KEY);
    const before = readdirSync(join(dlqPath, name));
    const { stdout } = await cli(['dlq', 'ls', '--json'], { env });
    expect(JSON.parse(stdout)).toMatchObject({
      dlqPath,
      destinations: [{ name, endpoint: server.url, waiting: 3, held: 0, rejected: 0, poison: [] }],
      sdkFiles: [],
    });
    expect(readdirSync(join(dlqPath, name))).toEqual(before);
  });

  it('says that there is nothing where there is no directory', async () => {
    const { code, stdout } = await cli(['dlq', 'ls', '--dlq-path', '/nowhere/at/all'], { env: {} });
    expect({ code, stdout }).toEqual({ code: 0, stdout: '/nowhere/at/all: no dead letters\n' });
  });
});

describe('tracehub dlq show and export', () => {
  it('show letters by level and age, as many as asked', async () => {
    const { env } = await withLetters(9);
    const shown = await cli(['dlq', 'show', '--level', 'error', '--limit', '2'], { env });
    expect(shown.stdout.match(/letter \d+/g)).toEqual(['letter 2', 'letter 5']);
    expect(shown.stdout).toMatch(/^\S+ ERROR shop letter 2$/m);
    expect(shown.stderr).toBe('1 more; --limit shows as many as you like\n');
    const old = await cli(['dlq', 'show', '--older-than', '1h'], { env });
    expect(old).toMatchObject({ stdout: '', stderr: 'no letters\n' });
  });

  it('cannot be made to move the cursor by what was logged', async () => {
    const { env, server, dlqPath } = await setUp();
    await server.stop();
    await leaveLetters(1, { endpoint: server.url, dlqPath, text: 'evil \u001b[2J\u009b2J' });
    const { stdout } = await cli(['dlq', 'show'], { env });
    expect(stdout).toContain(String.raw`evil \u001b[2J\u009b2J`);
  });

  it('writes NDJSON, exactly the entries as they would be sent, and leaves them', async () => {
    const { env, dlqPath, waiting } = await withLetters(6);
    const out = join(makeTempDirectory('export'), 'out.ndjson');
    const { code, stderr } = await cli(['dlq', 'export', '--out', out], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '6 letters exported\n' });
    const entries = readFileSync(out, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(entries).toEqual(readDeadLetters(dlqPath).entries);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(waiting()).toEqual(range(1, 6));
    const again = await cli(['dlq', 'export', '--out', out], { env });
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/--out .*EEXIST/);
    const piped = await cli(['dlq', 'export', '--level', 'warn'], { env });
    expect(piped.stdout.trimEnd().split('\n')).toHaveLength(4);
  });
});

describe('tracehub dlq replay', () => {
  it('shows its plan and does nothing without --yes', async () => {
    const { env, server, waiting } = await withLetters(12);
    const { code, stdout } = await cli(['dlq', 'replay'], { env });
    expect(code).toBe(0);
    expect(stdout).toBe(
      `12 dead letters would be sent to ${server.url}\nNothing was done. Add --yes to do it.\n`,
    );
    expect(server.requests).toEqual([]);
    expect(waiting()).toEqual(range(1, 12));
  });

  it('sends everything once and leaves nothing behind', async () => {
    const { env, server, dlqPath } = await withLetters(250);
    const { code, stdout } = await cli(['dlq', 'replay', '--yes'], { env });
    expect(code).toBe(0);
    expect(stdout).toContain(`250 letters delivered to ${server.url}`);
    expect(numbersOf(server.stored()).toSorted((a, b) => a - b)).toEqual(range(1, 250));
    expect(readdirSync(join(dlqPath, nameOf(server.url, KEY)))).toEqual([]);
  });

  it('sends the selected only, and leaves letters of other keys alone', async () => {
    const { env, server, waiting } = await withLetters(9, { apiKey: 'th_old', service: 'billing', count: 3 });
    await cli(['dlq', 'replay', '--yes', '--level', 'error'], { env });
    expect(numbersOf(server.stored())).toEqual([2, 5, 8]);
    expect(waiting()).toEqual([1, 3, 4, 6, 7, 9, 10, 11, 12]);
  });

  it('puts everything back and ends with 1 where the server refuses the key', async () => {
    const { env, server, waiting } = await withLetters(6);
    server.plan = { onWhole: () => [respond(401, { detail: 'no' })] };
    const { code, stdout, stderr } = await cli(['dlq', 'replay', '--yes'], { env });
    expect(code).toBe(1);
    expect(stdout).toContain('0 letters delivered');
    expect(stdout).toContain('6 letters not sent by this replay');
    expect(stderr).toContain('TRACEHUB_UNAUTHORIZED');
    expect(waiting()).toEqual(range(1, 6));
  });

  it('keeps what the server refuses for good, and sends it again when asked to', async () => {
    const { env, server, dlqPath } = await withLetters(6);
    server.plan = {
      onWhole: (request) =>
        request.entries.some(({ message }) => message === 'letter 4')
          ? [respond(400, { detail: 'no' })]
          : undefined,
    };
    const first = await cli(['dlq', 'replay', '--yes'], { env });
    expect(first.code).toBe(1);
    expect(first.stdout).toContain('1 letter refused by the server: see tracehub dlq show --rejected');
    const shown = await cli(['dlq', 'show', '--rejected'], { env });
    expect(shown.stdout).toMatch(/letter 4\n {2}refused .*: status 400/);
    const nothing = await cli(['dlq', 'replay', '--yes'], { env });
    expect(nothing.stdout).toContain('nothing to replay');

    server.plan = {};
    const second = await cli(['dlq', 'replay', '--yes', '--rejected'], { env });
    expect(second.code).toBe(0);
    expect(second.stdout).toContain('1 of them had been refused by the server before');
    expect(numbersOf(server.stored()).toSorted((a, b) => a - b)).toEqual(range(1, 6));
    const ids = [...server.ids.values()];
    expect(ids.every(({ stored }) => stored === 1)).toBe(true);
    expect(readDeadLetters(dlqPath)).toEqual({ entries: [], rejected: [], faults: [] });
  });
});

describe('tracehub dlq drop', () => {
  it('deletes the selected letters of the destination asked for, after its plan was seen', async () => {
    const { env, server, waiting } = await withLetters(6, { apiKey: 'th_old', service: 'billing', count: 6 });
    const other = nameOf(server.url, 'th_old').slice(0, 6);
    const plan = await cli(['dlq', 'drop', '--destination', other, '--level', 'warn'], { env });
    expect(plan.stdout).toMatch(/^4 letters of [0-9a-f]{16} would be deleted for good\nNothing was done/);
    expect(waiting()).toEqual(range(1, 12));
    const done = await cli(['dlq', 'drop', '--destination', other, '--level', 'warn', '--yes'], { env });
    expect(done.stdout).toContain('4 letters dropped');
    expect(waiting()).toEqual([1, 2, 3, 4, 5, 6, 9, 12]);
    await cli(['dlq', 'drop', '--destination', 'all', '--yes'], { env });
    expect(waiting()).toEqual([]);
    expect(server.requests).toEqual([]);
  });

  it('wants to know which where it cannot tell, and says what there is', async () => {
    const { env } = await withLetters(1);
    const without = await cli(['dlq', 'drop'], { env: { ...env, TRACEHUB_API_KEY: '' } });
    expect(without.code).toBe(2);
    expect(without.stderr).toMatch(/which destination\?/);
    const unknown = await cli(['dlq', 'drop', '--destination', 'zz'], { env });
    expect(unknown.stderr).toMatch(/destination zz: there is none; there are: [0-9a-f]{16}/);
  });
});

describe('tracehub dlq adopt', () => {
  it('moves letters of a rotated key to this one, from where they are sent', async () => {
    const { env, server, waiting } = await withLetters(3, { apiKey: 'th_old', service: 'billing', count: 5 });
    const old = nameOf(server.url, 'th_old');
    const which = await cli(['dlq', 'adopt'], { env });
    expect(which.code).toBe(2);
    expect(which.stdout).toMatch(new RegExp(`^${old}: 5 letters of billing \\(test\\)`));
    const plan = await cli(['dlq', 'adopt', old], { env });
    expect(plan.stdout).toContain(`would become letters of ${server.url} and be sent with this key`);
    expect(plan.stdout).toContain('Nothing was done');
    const done = await cli(['dlq', 'adopt', old, '--yes'], { env });
    expect(done.stdout).toContain('5 letters adopted');
    expect(waiting()).toEqual(range(1, 8));
    await cli(['dlq', 'replay', '--yes'], { env });
    expect(numbersOf(server.stored()).toSorted((a, b) => a - b)).toEqual(range(1, 8));
    expect(server.requests.every(({ head }) => head.includes(`x-api-key: ${KEY}`))).toBe(true);
  });

  it('moves only the selected, and each exactly once', async () => {
    const { env, server, waiting } = await withLetters(3, { apiKey: 'th_old', service: 'billing', count: 6 });
    await cli(['dlq', 'adopt', 'others', '--level', 'error', '--yes'], { env });
    expect(waiting()).toEqual(range(1, 9));
    await cli(['dlq', 'replay', '--yes'], { env });
    expect(numbersOf(server.stored()).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 5, 8]);
    expect(waiting()).toEqual([4, 6, 7, 9]);
  });

  it('does not fill the directory so that apps would drop letters', async () => {
    const { env, dlqPath, waiting } = await withLetters(3, {
      apiKey: 'th_old',
      service: 'billing',
      count: 3,
    });
    const file = join(makeTempDirectory('config'), 'options.json');
    writeFileSync(file, JSON.stringify({ maxDlqBytes: 1024 * 1024 }));
    const fill = join(dlqPath, readdirSync(dlqPath).find((name) => /^[0-9a-f]{16}$/.test(name)) ?? '');
    writeFileSync(
      join(fill, '000000000999-aaaaaaaaaaaaaaaa.seg'),
      Buffer.alloc(1024 * 1024, 'tracehub-segment 1\n'),
    );
    const { code, stderr } = await cli(['dlq', 'adopt', 'others', '--yes', '--config', file], { env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/more than maxDlqBytes \(1\.0 MiB\).*replay first/s);
    expect(waiting()).toEqual(range(1, 6));
  });
});

describe('the command line', () => {
  it('helps on every level, and ends with 2 for what it does not know', async () => {
    for (const args of [
      ['--help'],
      ['dlq', '--help'],
      ['dlq', 'replay', '--help'],
      ['tail', '--help'],
      ['help', 'doctor'],
    ]) {
      const { code, stdout } = await cli(args);
      expect(code).toBe(0);
      expect(stdout).toContain('Usage: tracehub');
    }
    const unknown = await cli(['dlq', 'replay', '--lvel', 'warn']);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('Did you mean --level?');
    const bad = await cli(['dlq', 'show', '--older-than', '5']);
    expect(bad.code).toBe(2);
    expect(bad.stderr).toContain('such as 45s, 30m, 2h or 7d');
  });

  it('names option, value and source of a configuration it cannot use', async () => {
    const env = environment('http://127.0.0.1:9', '/nowhere', '');
    const { code, stderr } = await cli(['dlq', 'replay'], { env });
    expect(code).toBe(2);
    expect(stderr).toContain('option apiKey is required: pass it or set TRACEHUB_API_KEY');
  });

  it('ends quietly when its reader goes away', async () => {
    // More than a pipe holds, or the export may end before its reader does.
    const { env } = await withLetters(2_000);
    const piped = spawnSync('sh', ['-c', `"$0" "$1" dlq export | head -n 1 | wc -l`, process.execPath, BIN], {
      env: { PATH: process.env['PATH'], ...env },
      encoding: 'utf8',
    });
    expect(piped).toMatchObject({ stdout: '1\n', stderr: '' });
  });
});
