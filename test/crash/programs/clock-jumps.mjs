// An app whose wall clock jumps while it logs. No batch is asked for: each leaves by its age.
import { setTimeout as sleep } from 'node:timers/promises';

const { endpoint, dlqPath, jumps } = JSON.parse(process.argv[2]);
const realNow = Date.now;
let jump = 0;
Date.now = () => realNow() + jump;
const { IDENTITY, PROFILE, createSender } = await import('./core-sender.mjs');

const sender = createSender(
  { ...IDENTITY, endpoint, dlqPath, flushInterval: 50, closeTimeout: 500 },
  PROFILE,
);
const waits = {};
for (const [name, ms] of Object.entries(jumps)) {
  // JSON has no NaN.
  jump = ms ?? Number.NaN;
  const start = performance.now();
  for (let n = 0; n < 10; n++) sender.send({ level: 'INFO', message: `${name} ${n}` });
  sender.send({ level: 'INFO', message: `${name} dated`, time: realNow() });
  while (sender.stats().pending > 0) await sleep(5);
  waits[name] = performance.now() - start;
}
await sender.close();
console.log(`end ${JSON.stringify({ waits, stats: sender.stats() })}`);
