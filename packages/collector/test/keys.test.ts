import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { KeyCache } from '../src/keys/key-cache.ts';
import type { KeyStore } from '../src/keys/key-store.ts';
import { runKeysCommand, type KeysCommand } from '../src/keys/keys-command.ts';
import { readCommandLine } from '../src/command-line.ts';
import { createCollector } from '../src/index.ts';
import { resolveOptions } from '../src/options.ts';
import { entry, post } from './support/client.ts';
import { endAll, run } from './support/program.ts';

type Find = KeyStore['findProject'];

describe('the cache of keys', () => {
  it('asks once in five seconds, and then believes the new answer', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const keys = { findProject: vi.fn<Find>(async () => 7) };
    const cache = new KeyCache(keys, 'ingest');
    expect(await cache.findProject('k')).toBe(7);
    expect(await cache.findProject('other')).toBe(7);
    vi.advanceTimersByTime(4999);
    expect(await cache.findProject('k')).toBe(7);
    expect(keys.findProject.mock.calls).toEqual([
      ['ingest', 'k'],
      ['ingest', 'other'],
    ]);
    keys.findProject.mockResolvedValue(undefined);
    vi.advanceTimersByTime(1);
    expect(await cache.findProject('k')).toBeUndefined();
    vi.useRealTimers();
  });

  it('trusts a good key for ten minutes while the database is down, and no other', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const keys = {
      findProject: vi.fn<Find>(async (_kind, key) => (key === 'good' ? 7 : undefined)),
    };
    const cache = new KeyCache(keys, 'ingest');
    await cache.findProject('good');
    await cache.findProject('bad');
    keys.findProject.mockRejectedValue(new Error('down'));
    vi.advanceTimersByTime(599_000);
    expect(await cache.findProject('good')).toBe(7);
    await expect(cache.findProject('bad')).rejects.toThrow('down');
    await expect(cache.findProject('never seen')).rejects.toThrow('down');
    vi.advanceTimersByTime(1001);
    await expect(cache.findProject('good')).rejects.toThrow('down');
    vi.useRealTimers();
  });
});

// The database is started and stopped some ten times: seconds each on a busy machine.
describe('keys', { timeout: 60_000 }, () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tracehub-keys-'));
  });
  afterAll(async () => {
    endAll();
    await rm(dataDir, { recursive: true, force: true });
  });

  const keys = (...args: string[]): Promise<string> => {
    const { options, keys: command } = readCommandLine(['keys', ...args, '--data-dir', dataDir]);
    return runKeysCommand(command as KeysCommand, resolveOptions(options, {}));
  };

  it('let senders write into their project and readers see no other', async () => {
    const [shop, reader] = [
      await keys('create', '--project', 'shop', '--name', 'checkout'),
      await keys('create', '--project', 'shop', '--read'),
    ];
    expect([shop, reader]).toEqual([
      expect.stringMatching(/^th_[\w-]{32}$/),
      expect.stringMatching(/^thr_[\w-]{32}$/),
    ]);

    const collector = await createCollector({ port: 0, dataDir });
    await post(collector, [entry({ message: 'of shop', level: 'ERROR' })], { 'x-api-key': shop });
    await post(collector, [entry({ message: 'of default' })]);
    const read = async (path: string, token?: string): Promise<{ status: number; body: string }> => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const response = await fetch(`${collector.url}/api/v1/${path}`, { headers });
      return { status: response.status, body: await response.text() };
    };
    expect((await read('logs', reader)).body).toContain('of shop');
    expect((await read('logs', reader)).body).not.toContain('of default');
    expect((await read('logs')).body).not.toContain('of shop');
    expect((await read('issues')).body).toContain('"issues":[]');
    expect((await read('stats/overview', reader)).body).toContain('"total_logs":1');
    // A key of one kind is none of the other.
    expect((await read('logs', shop)).status).toBe(401);
    expect((await post(collector, [], { 'x-api-key': reader })).status).toBe(401);
    await collector.close();

    const listed = await keys('list', '--project', 'shop');
    expect(listed).not.toContain(shop);
    expect(listed).not.toContain(reader);
    expect(listed.split('\n').map((line) => line.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d/, 'TIME'))).toEqual([
      expect.stringMatching(/^ID +PROJECT +KIND +NAME +KEY +CREATED +STATE$/),
      expect.stringMatching(/^\w{12} +shop +ingest +checkout +th_\S{4}… +TIME +active$/),
      expect.stringMatching(/^\w{12} +shop +read +read +thr_\S{3}… +TIME +active$/),
    ]);

    const id = listed.split('\n')[1]?.slice(0, 12) as string;
    expect(await keys('revoke', id)).toMatch(/^revoked/);
    expect(await keys('revoke', reader)).toMatch(/^revoked/);
    await expect(keys('revoke', id)).rejects.toThrow('no active key is called that');
    const again = await createCollector({ port: 0, dataDir });
    expect((await post(again, [], { 'x-api-key': shop })).status).toBe(401);
    await again.close();
    expect((await keys('list')).match(/revoked/g)).toHaveLength(2);
  });

  it('stay revoked, the development key too, which gets a successor', async () => {
    const first = await createCollector({ port: 0, dataDir });
    const revoked = String(first.developmentKey);
    await first.close();
    await keys('revoke', revoked);
    const second = await createCollector({ port: 0, dataDir });
    expect(second.developmentKeySource).toBe('generated');
    expect((await post(second, [])).status).toBe(202);
    expect((await post(second, [], { 'x-api-key': revoked })).status).toBe(401);
    await second.close();
    const third = await createCollector({ port: 0, dataDir });
    expect(third.developmentKey).toBe(second.developmentKey);
    await third.close();
    await expect(createCollector({ port: 0, dataDir, developmentKey: revoked })).rejects.toThrow(
      /TRACEHUB_DEV_KEY\) was revoked/,
    );
    // A key of this name would go with the next development key.
    await expect(keys('create', '--name', 'development')).rejects.toThrow('choose another name');
  });

  it('are made by the program, alone on standard output', async () => {
    const made = run(['keys', 'create', '--data-dir', dataDir], { TRACEHUB_COLLECTOR_HOST: '0.0.0.0' });
    expect(await made.ended).toEqual({ code: 0, signal: null });
    expect(made.output()).toMatch(/^th_[\w-]{32}\nshown this once: only its hash is kept\n$/);
  });
});
