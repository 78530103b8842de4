import fs from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

/*
 * Logs ten records while the process has no descriptor left; when they could not be sent, frees them all, logs ten more
 * and prints the counts of both times: out-of-descriptors.mjs <esm|cjs> <endpoint> <dlqPath>
 */
const [, , format, endpoint, dlqPath] = process.argv;
const { createSender } =
  format === 'esm'
    ? await import('@tracehub/core-sender')
    : createRequire(import.meta.url)('@tracehub/core-sender');

function log(sender) {
  for (let i = 0; i < 10; i++) sender.send({ level: 'INFO', message: 'hello' });
}

async function until(isSo) {
  for (const end = performance.now() + 12_000; !isSo() && performance.now() < end;) await sleep(10);
}

/** All there are. */
function takeDescriptors() {
  const taken = [];
  try {
    for (;;) taken.push(fs.openSync('/dev/null'));
  } catch (error) {
    if (error.code !== 'EMFILE') throw error;
  }
  return taken;
}

let isUnreachable = false;
process.on('warning', ({ code }) => (isUnreachable ||= code === 'TRACEHUB_UNREACHABLE'));

const taken = takeDescriptors();
const sender = createSender(
  { apiKey: 'th_test_key', service: 'test', environment: 'test', endpoint, dlqPath, flushInterval: 20 },
  { sdkVersion: 'faults/0.0.0' },
);
log(sender);
await until(() => isUnreachable);
const starved = sender.stats();
for (const fd of taken) fs.closeSync(fd);
log(sender);
await until(() => sender.stats().delivered === 20);
await sender.close();
console.log(`counts ${JSON.stringify([starved, sender.stats()])}`);
