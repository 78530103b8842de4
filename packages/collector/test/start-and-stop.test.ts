import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CollectorConfigError, createCollector } from '../src/index.ts';
import { openDataDirectory } from '../src/data-directory.ts';
import { entry, logs, overview, post } from './support/client.ts';
import { endAll, halfPosted, listening, run } from './support/program.ts';

let root: string;
// One database for all tests that need one: setting it up is what takes time.
let dataDir: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tracehub-collector-'));
  dataDir = join(root, 'data');
});
afterEach(endAll);
afterAll(() => rm(root, { recursive: true, force: true }));

describe('the data directory', () => {
  it('keeps entries, issues and the key over a restart', async () => {
    const first = await createCollector({ port: 0, dataDir });
    expect(first.developmentKey).toMatch(/^th_[\w-]{32}$/);
    expect(first.developmentKeySource).toBe('generated');
    expect((await stat(join(dataDir, 'development-key'))).mode & 0o777).toBe(0o600);
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
    const batch = [entry({ id: 'kept', level: 'ERROR' }), entry({ id: 'kept-2' })];
    await post(first, batch);
    const before = await logs(first);
    await first.close();
    expect((await readdir(dataDir)).sort()).toEqual(['development-key', 'pgdata']);

    const second = await createCollector({ port: 0, dataDir });
    expect(second.developmentKey).toBe(first.developmentKey);
    expect(second.developmentKeySource).toBe('kept');
    expect(await logs(second)).toEqual(before);
    expect((await post(second, batch)).json).toEqual({ accepted: 2 });
    expect(await overview(second)).toEqual({
      total_logs: 2,
      total_errors: 1,
      total_issues: 1,
      counted_from: null,
    });
    await second.close();
  });

  it('is for one collector at a time; a key that was given replaces the one before', async () => {
    const first = await createCollector({ port: 0, dataDir, developmentKey: 'th_given' });
    await expect(createCollector({ port: 0, dataDir })).rejects.toThrow(
      `the data directory ${dataDir} is in use by another collector (process ${process.pid})`,
    );
    expect((await post(first, [], { 'x-api-key': 'th_given' })).status).toBe(202);
    await first.close();
    await first.close();
    const second = await createCollector({ port: 0, dataDir });
    expect((await post(second, [])).status).toBe(202);
    expect((await post(second, [], { 'x-api-key': 'th_given' })).status).toBe(401);
    await second.close();
  });

  it('is free again after a start that failed', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(createCollector({ port, dataDir })).rejects.toThrow(
      `cannot listen on 127.0.0.1 port ${port}`,
    );
    server.close();
    await (await openDataDirectory(dataDir)).release();
  });

  it.each([
    ['of a process that ended', `collector-${2 ** 22 + 1}-1-aa.lock`],
    ['of a process whose number another one now has', `collector-${process.pid}-123-aa.lock`],
  ])('removes a lock %s', async (_whose, name) => {
    const path = join(root, name);
    await (await openDataDirectory(path)).release();
    await writeFile(join(path, name), '');
    const directory = await openDataDirectory(path);
    expect(await readdir(path)).toEqual([
      expect.stringMatching(`^collector-${process.pid}-\\d*-\\w{16}.lock$`),
    ]);
    expect(await readdir(path)).not.toContain(name);
    await directory.release();
  });

  it('never goes to two of many who want it at the same moment', async () => {
    const path = join(root, 'wanted');
    for (let round = 0; round < 3; round += 1) {
      await (await openDataDirectory(path)).release();
      await writeFile(join(path, `collector-${2 ** 22 + 1}-1-aa.lock`), '');
      const tries = await Promise.allSettled(Array.from({ length: 10 }, () => openDataDirectory(path)));
      const got = tries.filter((one) => one.status === 'fulfilled');
      expect(got.length).toBeLessThanOrEqual(1);
      expect(await readdir(path)).toHaveLength(got.length);
      for (const one of got) await one.value.release();
    }
  });

  it('must be a directory and hold a usable key', async () => {
    const file = join(root, 'file');
    await writeFile(file, '');
    await expect(createCollector({ port: 0, dataDir: file })).rejects.toThrow(CollectorConfigError);
    const path = join(root, 'bad-key');
    await (await openDataDirectory(path)).release();
    await writeFile(join(path, 'development-key'), 'two words\n');
    await expect(createCollector({ port: 0, dataDir: path })).rejects.toThrow(
      /holds no usable key; delete it/,
    );
    expect(await readdir(path)).toEqual(['development-key']);
  });
});

describe('the program', () => {
  it('prints where it listens and the key, finishes what is under way at SIGTERM and ends with 0', async () => {
    const started = run(['--port', '0', '--data-dir', dataDir]);
    const url = await listening(started);
    const [first, second, ...rest] = started.output().trimEnd().split('\n');
    expect(first).toBe(`tracehub-collector listening on ${url} (kept in ${dataDir})`);
    const key = /^development key: (th_[\w-]{32})$/.exec(second ?? '')?.[1] as string;
    expect(key).toBeDefined();
    expect(rest).toEqual([]);

    const socket = await halfPosted(url, key);
    started.child.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await expect(fetch(`${url}/health`)).rejects.toThrow('fetch failed');
    let answer = '';
    socket.on('data', (chunk) => (answer += String(chunk)));
    socket.write('[]');
    expect(await started.ended).toEqual({ code: 0, signal: null });
    expect(answer).toMatch(/^HTTP\/1.1 202 /);
  });

  it('acts at once on a second signal', async () => {
    const started = run([], {
      TRACEHUB_COLLECTOR_PORT: '0',
      TRACEHUB_COLLECTOR_DATA_DIR: dataDir,
      TRACEHUB_DEV_KEY: 'th_given',
    });
    const url = await listening(started);
    expect(started.output()).toBe(`tracehub-collector listening on ${url} (kept in ${dataDir})\n`);

    const socket = await halfPosted(url, 'th_given');
    socket.on('error', () => {});
    const before = performance.now();
    started.child.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 300));
    started.child.kill('SIGINT');
    expect(await started.ended).toEqual({ code: null, signal: 'SIGINT' });
    expect(performance.now() - before).toBeLessThan(2000);
  });

  it('refuses settings it cannot use in one line', async () => {
    const refused = run(['--role', 'worker']);
    expect(await refused.ended).toEqual({ code: 1, signal: null });
    expect(refused.output()).toMatch(
      /^tracehub-collector: --role: worker works together with other processes, .*\n$/,
    );
  });

  it('explains itself', async () => {
    const asked = run(['--help']);
    expect(await asked.ended).toEqual({ code: 0, signal: null });
    expect(asked.output()).toMatch(/^Usage: tracehub-collector/);
  });
});
