import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.mjs';

const versions = '/usr/lib/postgresql';

/**
 * Starts a PostgreSQL server in a temporary directory, on loopback, with settings such as `max_wal_size=2GB`.
 *
 * @param {readonly string[]} [settings]
 * @returns {import('./private-postgres.mjs').PrivatePostgres}
 */
export function startPrivatePostgres(settings = []) {
  const bin = join(newestVersion(), 'bin');
  const port = freePort();
  const root = mkdtempSync(join(tmpdir(), 'tracehub-test-pg-'));
  const data = join(root, 'data');
  // The server refuses to run as root.
  const user = process.getuid?.() === 0 ? idsOf('postgres') : undefined;
  if (user !== undefined) chownSync(root, user.uid, user.gid);
  const run = (program, args) => {
    execFileSync(join(bin, program), args, { ...user, cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  run('initdb', [
    '-D',
    data,
    '-U',
    'tracehub',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--no-sync',
    '--no-instructions',
  ]);
  const flags = [
    `-p ${port}`,
    '-c listen_addresses=127.0.0.1',
    `-c unix_socket_directories=${root}`,
    ...settings.map((setting) => `-c ${setting}`),
  ].join(' ');

  const server = {
    createDatabase(name) {
      run('createdb', ['-h', '127.0.0.1', '-p', String(port), '-U', 'tracehub', name]);
      return `postgres://tracehub@127.0.0.1:${port}/${name}`;
    },
    start: () => run('pg_ctl', ['-D', data, '-l', join(root, 'log'), '-o', flags, '-w', 'start']),
    stop: () => run('pg_ctl', ['-D', data, '-m', 'fast', '-w', 'stop']),
    kill: () => run('pg_ctl', ['-D', data, '-m', 'immediate', '-w', 'stop']),
    remove() {
      if (existsSync(join(data, 'postmaster.pid'))) server.kill();
      rmSync(root, { recursive: true, force: true });
    },
  };
  server.start();
  return server;
}

function newestVersion() {
  const found = existsSync(versions) ? readdirSync(versions) : [];
  const usable = found.filter((name) => existsSync(join(versions, name, 'bin', 'initdb')));
  const newest = usable.toSorted((a, b) => Number(b) - Number(a))[0];
  if (newest === undefined || Number(newest) < 15) {
    throw new Error('these tests need PostgreSQL 15 or later: apt-get install postgresql');
  }
  return join(versions, newest);
}

function idsOf(user) {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${user}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}
