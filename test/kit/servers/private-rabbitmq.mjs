import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { freePort } from './free-port.mjs';

const programs = ['/usr/lib/rabbitmq/bin/rabbitmq-server', '/usr/sbin/rabbitmq-server'];

/** Made at the start of every server, so that each test has a vhost of its own. */
const vhosts = Array.from({ length: 40 }, (_, number) => `v${number}`);

/**
 * Starts a RabbitMQ node in a temporary directory, on loopback.
 *
 * @returns {Promise<import('./private-rabbitmq.mjs').PrivateRabbit>}
 */
export async function startPrivateRabbit() {
  const program = programs.find((path) => existsSync(path));
  if (program === undefined) throw new Error('these tests need RabbitMQ: apt-get install rabbitmq-server');
  const root = mkdtempSync(join(tmpdir(), 'tracehub-test-mq-'));
  const [port, distribution, mapper] = [freePort(), freePort(), freePort()];
  const definitions = join(root, 'definitions.json');
  const permissions = { user: 'guest', configure: '.*', write: '.*', read: '.*' };
  writeFileSync(
    definitions,
    JSON.stringify({
      users: [{ name: 'guest', password: 'guest', tags: 'administrator' }],
      vhosts: vhosts.map((name) => ({ name })),
      permissions: vhosts.map((vhost) => ({ ...permissions, vhost })),
    }),
  );
  const config = join(root, 'rabbitmq.conf');
  writeFileSync(config, `load_definitions = ${definitions}\ndisk_free_limit.absolute = 50MB\n`);
  const env = {
    PATH: process.env['PATH'],
    // Where Erlang keeps the cookie by which nodes trust each other.
    HOME: root,
    ERL_EPMD_PORT: String(mapper),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `tracehub${port}@localhost`,
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_CONFIG_FILE: config,
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_ENABLED_PLUGINS_FILE: '/dev/null',
    RABBITMQ_MNESIA_BASE: join(root, 'data'),
    RABBITMQ_LOG_BASE: join(root, 'log'),
  };
  // Started by ourselves, since the one Erlang starts would stay behind.
  const names = spawn('epmd', ['-port', String(mapper), '-address', '127.0.0.1'], { env, stdio: 'ignore' });
  let node;
  let used = 0;

  /** The script and what it starts are a process group. */
  function signal(name) {
    if (node?.pid !== undefined && node.exitCode === null && node.signalCode === null) {
      process.kill(-node.pid, name);
    }
  }

  async function end(name) {
    if (node === undefined) return;
    const ended = node.exitCode ?? node.signalCode ?? once(node, 'exit');
    signal(name);
    await ended;
    // The script may be gone before Erlang is.
    while (await isOpen(port)) await setTimeout(50);
  }

  const server = {
    nextUrl: () => `amqp://guest:guest@127.0.0.1:${port}/${vhosts[used++]}`,
    async start() {
      node = spawn(program, [], { env, detached: true, stdio: 'ignore' });
      while (!(await isOpen(port))) {
        if (node.exitCode !== null) throw new Error(`RabbitMQ ended with ${node.exitCode}`);
        await setTimeout(100);
      }
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    async control(...args) {
      const child = spawn('/usr/lib/rabbitmq/bin/rabbitmqctl', ['--quiet', ...args], { env });
      let output = '';
      child.stdout.on('data', (chunk) => (output += String(chunk)));
      child.stderr.on('data', (chunk) => (output += String(chunk)));
      const [code] = await once(child, 'close');
      if (code !== 0) throw new Error(`rabbitmqctl ${args.join(' ')}: ${output}`);
      return output;
    },
    async remove() {
      await server.kill();
      names.kill('SIGKILL');
      rmSync(root, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

async function isOpen(port) {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
