// Four workers of node:cluster and a forked child, all made after the parent's sender, which has entries in its ring.
import { fork } from 'node:child_process';
import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
import { IDENTITY, PROFILE, createSender } from './core-sender.mjs';
import { numberedRecord } from './numbered.mjs';

const { endpoint, dlqPath, count } = JSON.parse(process.argv[2]);
const life = process.env.LIFE ?? 'parent';
const sender = createSender({ ...IDENTITY, endpoint, dlqPath, durable: true, timeout: 60_000 }, PROFILE);
for (let n = 1; n <= count; n++) sender.send(numberedRecord(life, n));

if (life === 'parent') {
  const settings = { args: process.argv.slice(2), silent: true };
  cluster.setupPrimary({ exec: fileURLToPath(import.meta.url), ...settings });
  const started = ['ends', 'exits', 'killed', 'closes'].map((name) => cluster.fork({ LIFE: name }).process);
  started.push(
    fork(fileURLToPath(import.meta.url), settings.args, {
      silent: true,
      env: { ...process.env, LIFE: 'fork' },
    }),
  );
  await Promise.all(started.map((child) => new Promise((resolve) => child.on('exit', resolve))));
  console.log(`children ${started.map(({ exitCode, signalCode }) => signalCode ?? exitCode).join()}`);
} else if (life === 'killed') {
  // Everything is on disk first: what SIGKILL may take without that is another test.
  while (sender.stats().durable < count) await new Promise((resolve) => setTimeout(resolve, 2));
  process.kill(process.pid, 'SIGKILL');
} else if (life === 'exits') process.exit(5);
else {
  if (life === 'closes') await sender.close();
  // The channel to the parent holds a worker open, not the sender.
  if (process.connected) process.disconnect();
}
