// An app that logs numbered entries and ends in the way it is told.
import { fork } from 'node:child_process';
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { IDENTITY, PROFILE, createSender } from './core-sender.mjs';
import { numberedRecord } from './numbered.mjs';

const input = JSON.parse(process.argv[2]);
const { way, endpoint, dlqPath, count, closeTimeout, worker } = input;
const sender = createSender(
  {
    ...IDENTITY,
    endpoint,
    dlqPath,
    closeTimeout,
    worker,
    timeout: 60_000,
    closeOnSignal: way.startsWith('SIG') ? ['SIGTERM', 'SIGINT'] : false,
  },
  PROFILE,
);
let n = 0;
const log = (entries) => {
  for (let i = 0; i < entries; i++) sender.send(numberedRecord(way, ++n));
};
process.on('exit', () => {
  const { accepted, delivered, deadLettered, dropped, pending } = sender.stats();
  writeSync(
    1,
    `ledger ${JSON.stringify({ logged: n, accepted, delivered, deadLettered, dropped, pending })}\n`,
  );
});
const hold = () => setInterval(() => {}, 1_000);

const WAYS = {
  natural: () => log(count),
  'exit-at-once'() {
    log(count);
    process.exit(3);
  },
  async 'exit-later'() {
    log(count);
    await sleep(150);
    log(count);
    process.exit(3);
  },
  'exit-in-handler'() {
    process.on('exit', () => log(count));
    log(count);
    process.exit(3);
  },
  uncaught() {
    log(count);
    throw new Error('the app broke');
  },
  rejection() {
    log(count);
    void Promise.reject(new Error('the app broke'));
  },
  async 'close-twice'() {
    log(count);
    await Promise.all([sender.close(), sender.close()]);
    await sender.close();
    process.exitCode = 4;
  },
  async 'log-after-close'() {
    log(count);
    await sender.close();
    log(5);
  },
  async blocked() {
    log(count);
    await sleep(50);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, input.blockedMs);
    log(count);
  },
  async fork() {
    log(count);
    const child = fork(new URL(import.meta.url), [JSON.stringify({ ...input, way: 'natural' })], {
      silent: true,
    });
    await new Promise((resolve) => child.on('exit', resolve));
  },
  SIGTERM() {
    hold();
    log(count);
    process.kill(process.pid, 'SIGTERM');
  },
  SIGINT() {
    hold();
    log(count);
    process.kill(process.pid, 'SIGINT');
  },
  'SIGTERM-first'() {
    hold();
    log(count);
    process.kill(process.pid, 'SIGTERM');
  },
  'SIGTERM-twice'() {
    hold();
    log(count);
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.kill(process.pid, 'SIGTERM'), 100);
  },
  'SIGTERM-own-handler'() {
    const holding = hold();
    process.on('SIGTERM', () => {
      setTimeout(() => {
        clearInterval(holding);
        process.exitCode = 7;
      }, 50);
    });
    log(count);
    process.kill(process.pid, 'SIGTERM');
  },
  async stopped() {
    const holding = hold();
    log(count);
    writeSync(1, 'ready\n');
    await sleep(400);
    log(count);
    clearInterval(holding);
  },
};

writeSync(1, `began ${performance.now()}\n`);
await WAYS[way]();
