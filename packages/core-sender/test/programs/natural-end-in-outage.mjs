import { setTimeout as sleep } from 'node:timers/promises';
import { log, startSender } from './sender.mjs';

const sender = startSender({ batchSize: 10 });
log(sender, 1, 50);
// The gate is closed and a batch waits before it when the program comes to its end.
while (sender.stats().requests === 0) await sleep(5);
await sleep(50);
log(sender, 51);
