// Logs into a directory that the real file system refuses, lets it heal, and starts anew: says what became of all.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { IDENTITY, PROFILE, createSender } from './core-sender.mjs';
import { fastClock } from './fast-clock.mjs';
import { startModalServer } from './modal-server.mjs';
import { numberedRecord } from './numbered.mjs';

const { kind, dlqPath, durable } = JSON.parse(process.argv[2]);
const remount = (options) => execFileSync('mount', ['-o', `remount,${options}`, dlqPath]);
const hogged = [];

/** What goes wrong after the first entries, if it has not from the start; and how it is mended. */
const KINDS = {
  space: { heal: () => remount('size=8m') },
  inodes: { heal: () => remount('nr_inodes=1000') },
  // From the start: the system makes nothing read-only under an open file.
  'read-only': { before: () => remount('ro'), heal: () => remount('rw') },
  deleted: { harm: () => fs.rmSync(dlqPath, { recursive: true }), heal: () => {} },
  descriptors: {
    harm() {
      try {
        for (;;) hogged.push(fs.openSync('/dev/null'));
      } catch {
        // All taken.
      }
    },
    heal: () => hogged.forEach((fd) => fs.closeSync(fd)),
  },
};
const { before: harmFirst, harm, heal } = KINDS[kind];

const unhandled = [];
process.on('unhandledRejection', (reason) => unhandled.push(String(reason)));
const server = await startModalServer();
const make = () =>
  createSender(
    {
      ...IDENTITY,
      endpoint: server.at('a'),
      dlqPath,
      durable,
      maxRetries: 0,
      timeout: 2_000_000,
      closeTimeout: 8_000,
    },
    PROFILE,
    { clock: fastClock(), random: Math.random },
  );
let n = 0;
const log = (sender, count) => {
  for (let i = 0; i < count; i++) sender.send(numberedRecord('a:x', ++n));
};

server.set('a', 'down');
harmFirst?.();
const sender = make();
log(sender, 50);
await sleep(100);
const before = { ...sender.stats(), logged: n };
harm?.();
for (let i = 0; i < 5; i++) {
  log(sender, 200);
  await sleep(40);
}
const harmed = sender.stats();
heal();
await sleep(200);
log(sender, 50);
void sender.flush();
await sleep(150);
const healed = sender.stats();
await sender.close();
const stats = sender.stats();

server.set('a', 'up');
const next = make();
const segments = () =>
  fs
    .readdirSync(dlqPath)
    .flatMap((name) => fs.readdirSync(join(dlqPath, name)).filter((file) => /\.(open|seg)/.test(file)));
for (let i = 0; i < 500 && segments().length > 0; i++) await sleep(10);
await next.close();
const received = server.numbers('a:x').size;
console.log(
  `ended ${JSON.stringify({ logged: n, received, before, harmed, healed, stats, left: segments(), unhandled })}`,
);
process.exit(0);
