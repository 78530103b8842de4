// Starts a sender on a directory with very many segments and says when what was done.
import fs from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { IDENTITY, PROFILE, createSender } from './core-sender.mjs';
import { numberedRecord } from './numbered.mjs';

const { endpoint, dlqPath } = JSON.parse(process.argv[2]);
let scannedAt;
const { opendir } = fs.promises;
fs.promises.opendir = async (...args) => {
  const directory = await opendir(...args);
  const iterate = directory[Symbol.asyncIterator];
  directory[Symbol.asyncIterator] = async function* () {
    yield* { [Symbol.asyncIterator]: () => iterate.call(directory) };
    scannedAt ??= performance.now();
  };
  return directory;
};

const delay = monitorEventLoopDelay({ resolution: 1 });
const start = performance.now();
const sender = createSender({ ...IDENTITY, endpoint, dlqPath, closeTimeout: 100 }, PROFILE);
const created = performance.now();
sender.send(numberedRecord('first', 1));
const sent = performance.now();
delay.enable();
const isFirstSendBeforeScanEnd = scannedAt === undefined;
while (scannedAt === undefined) await sleep(1);
const times = {
  create: Math.round(created - start),
  firstSend: Math.round((sent - created) * 100) / 100,
  scan: Math.round(scannedAt - start),
  longestBlock: Math.round(delay.max / 1e6),
  accepted: sender.stats().accepted,
  isFirstSendBeforeScanEnd,
};
console.log(`times ${JSON.stringify(times)}`);
await sender.close();
