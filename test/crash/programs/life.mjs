// One life of a process that logs numbered entries, until it is killed or comes to the end it was given. Says on a
// pipe, synchronously, what the sender says of them: what was said is what must be found again.
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { IDENTITY, PROFILE, createSender } from './core-sender.mjs';
import { crashAt } from './crash-points.mjs';
import { numberedRecord } from './numbered.mjs';

const {
  life,
  endpoint,
  dlqPath,
  options,
  count = Infinity,
  perTick = 5,
  tick = 2,
  end,
  crash,
} = JSON.parse(process.argv[2]);

if (crash) crashAt(dlqPath, crash);
const sender = createSender(
  {
    ...IDENTITY,
    endpoint,
    dlqPath,
    batchSize: 20,
    maxBatchEntries: 40,
    flushInterval: 60,
    maxRetries: 1,
    timeout: 1_000,
    closeTimeout: 3_000,
    ...options,
  },
  PROFILE,
);

function say() {
  const { accepted, durable, deadLettered, delivered, dropped } = sender.stats();
  writeSync(1, `at ${accepted} ${durable} ${deadLettered} ${delivered} ${dropped}\n`);
}

let n = 0;
while (n < count) {
  for (let i = 0; i < perTick && n < count; i++) sender.send(numberedRecord(life, ++n));
  say();
  await sleep(tick);
}
if (end === 'linger') {
  for (;;) {
    say();
    await sleep(5);
  }
}
if (end === 'exit') process.exit(0);
if (end === 'close') {
  await sender.close();
  say();
}
