import { chmodSync, existsSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { respond } from '../../../test/kit/fault-server.ts';
import { makeTempDirectory } from '../../../test/kit/temp.ts';
import { type Report, examine, naming, findingOf, toReport } from './doctor-support.ts';
import { BIN, cli, leaveLetters, plantPoison, setUp } from './support.ts';

const canMount = spawnSync('unshare', ['-rm', 'sh', '-c', 'mount -t tmpfs tmpfs /mnt']).status === 0;
const reason = canMount ? '' : ' (skipped: no user and mount namespaces here)';

/** Runs the doctor with a file system of its own on the dead-letter directory, prepared by a line of shell. */
async function examineOn(
  options: string,
  prepare: string,
  env: Record<string, string>,
  dlqPath: string,
): Promise<Report> {
  const script = `mount -t tmpfs -o "${options}" tmpfs "$1" && cd "$1" && ${prepare}; shift; exec "$@"`;
  const args = ['-rm', 'sh', '-c', script, 'sh', dlqPath, process.execPath, BIN, 'doctor', '--json'];
  const child = spawn('unshare', args, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return toReport({ code, signal: null, stdout, stderr, ms: 0 });
}

describe('tracehub doctor names the cause: the disk', () => {
  it.runIf(canMount)(`full${reason}`, async () => {
    const { env, dlqPath } = await setUp();
    const fill = 'dd if=/dev/zero of=hog bs=1k 2>/dev/null';
    const report = await examineOn('size=64k', fill, env, dlqPath);
    expect(report).toEqual(naming('directory', /is full \(ENOSPC\)/, /make room/));
  });

  it.runIf(canMount)(`read-only${reason}`, async () => {
    const { env, dlqPath } = await setUp();
    const report = await examineOn('size=1m', 'mount -o remount,ro "$1"', env, dlqPath);
    expect(report).toEqual(naming('directory', /read-only file system/, /TRACEHUB_DLQ_PATH/));
  });

  it.runIf(canMount)(`with less room than dead letters may take, as a warning${reason}`, async () => {
    const { env, dlqPath } = await setUp();
    const report = await examineOn('size=8m', 'true', env, dlqPath);
    expect(report.verdict).toMatchObject({ status: 'warning', check: 'space' });
    expect(report.verdict.finding).toMatch(/^8\.0 MiB free, and dead letters may take 256\.0 MiB/);
  });

  it('a directory that is a file', async () => {
    const { env, dlqPath } = await setUp();
    const file = join(dlqPath, 'file');
    writeFileSync(file, '');
    const report = await examine({ env: { ...env, TRACEHUB_DLQ_PATH: join(file, 'dlq') } });
    expect(report).toEqual(naming('directory', /a part of its path is a file/, /set TRACEHUB_DLQ_PATH/));
  });

  it('a directory this user may not write to', async () => {
    const { env, dlqPath } = await setUp();
    chmodSync(dlqPath, 0o500);
    // root may write everywhere, unless that right is taken from it.
    const withoutRights =
      process.getuid?.() === 0
        ? {
            runtime: 'setpriv',
            nodeArgs: ['--bounding-set=-dac_override', '--inh-caps=-dac_override', process.execPath],
          }
        : {};
    const report = await examine({ env, ...withoutRights });
    chmodSync(dlqPath, 0o700);
    expect(report).toEqual(
      naming('directory', /may not be written by this user \(EACCES\)/, /chown it to the user of the app/),
    );
  });

  it('a place that takes no directories, at which Node 20 would try for ever', async () => {
    const { env } = await setUp();
    const report = await examine({ env: { ...env, TRACEHUB_DLQ_PATH: '/proc/tracehub/dlq' } });
    expect(report).toEqual(
      naming('directory', /\/proc\/tracehub\/dlq cannot be made: .* \(ENOENT\)/, /a directory on a disk/),
    );
  });

  it('a "~" that no shell made a home directory of, as a warning', async () => {
    const { env } = await setUp();
    const cwd = realpathSync(makeTempDirectory('cwd'));
    const report = await examine({ env: { ...env, TRACEHUB_DLQ_PATH: '~/letters' }, cwd });
    expect(report.verdict).toMatchObject({ status: 'warning', check: 'directory' });
    expect(report.verdict.finding).toBe(
      'dlqPath begins with "~" (from TRACEHUB_DLQ_PATH), which is a home directory to a shell only: ' +
        `letters go to ${cwd}/~/letters`,
    );
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('leaves nothing behind, not even the directory it tried', async () => {
    const { env, dlqPath } = await setUp();
    const path = join(dlqPath, 'not', 'yet');
    const report = await examine({ env: { ...env, TRACEHUB_DLQ_PATH: path } });
    expect(report.verdict.status).toBe('ok');
    expect(existsSync(join(dlqPath, 'not'))).toBe(false);
    await examine({ env });
    expect(readdirSync(dlqPath)).toEqual([]);
  });
});

describe('tracehub doctor on what waits', () => {
  it('names poison in the queue', async () => {
    const { env, dlqPath, server } = await setUp();
    const file = plantPoison(server.url, dlqPath);
    const where = new RegExp(
      `poison in the queue: 1 letter .*a-1 in ${file}\\): level "WARNING" is none of DEBUG, INFO, WARN, ERROR, FATAL`,
    );
    const next = /tracehub dlq export --poison .* dlq drop --poison .* dlq import/;
    expect(await examine({ env })).toEqual(naming('poison', where, next));
  });

  it('counts what waits, what was refused and what is of others, as warnings', async () => {
    const { env, dlqPath, server } = await setUp();
    await server.stop();
    await leaveLetters(12, { endpoint: server.url, dlqPath });
    await leaveLetters(5, { endpoint: server.url, dlqPath, apiKey: 'th_old', service: 'billing' });
    writeFileSync(join(dlqPath, 'failed_2026-11-22T10-00-00.jsonl'), '{}\n');
    await server.restart();
    const report = await examine({ env }, '--no-send');
    expect(report.verdict).toMatchObject({ status: 'warning', check: 'letters', others: 1 });
    expect(findingOf(report, 'letters')).toMatchObject({
      finding: expect.stringMatching(/^12 dead letters waiting, the oldest \d+ s old$/) as string,
      details: { waiting: 12, held: 0, rejected: 0 },
    });
    const others = findingOf(report, 'others');
    expect(others?.finding).toMatch(
      /^5 letters for another endpoint or key \([0-9a-f]{16}, logged by billing \(test\)\); 1 file of another TraceHub SDK/,
    );
    expect(others?.next).toMatch(/dlq adopt; tracehub dlq import/);
    expect(server.stored()).toEqual([]);
  });

  it('says that entries were refused, with the reason', async () => {
    const { env, dlqPath, server } = await setUp();
    await server.stop();
    await leaveLetters(3, { endpoint: server.url, dlqPath });
    await server.restart();
    server.plan = {
      onWhole: (request) => (request.count > 0 ? [respond(400, { detail: 'no' })] : undefined),
    };
    await cli(['dlq', 'replay', '--yes'], { env });
    server.plan = {};
    const report = await examine({ env });
    expect(findingOf(report, 'letters')).toMatchObject({
      status: 'warning',
      finding: '3 refused by the server for good (status 400)',
      next: 'see tracehub dlq show --rejected',
    });
  });

  it('says so when dead letters are turned off', async () => {
    const { env, dlqPath } = await setUp();
    const file = join(dlqPath, 'options.json');
    writeFileSync(file, '{"dlqPath":false}');
    const report = await examine({ env }, '--config', file);
    expect(report.verdict).toMatchObject({ status: 'warning', check: 'directory' });
    expect(report.verdict.finding).toContain('what cannot be delivered is lost');
  });
});
