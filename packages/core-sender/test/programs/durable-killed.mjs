import { setTimeout as sleep } from 'node:timers/promises';
import { COUNT, log, startSender } from './sender.mjs';

// Half is delivered and marked so, half waits in memory, when the program is killed.
const sender = startSender({ durable: true });
log(sender, 1, COUNT / 2);
await sender.flush();
log(sender, COUNT / 2 + 1);
while (sender.stats().durable < COUNT) await sleep(5);
console.log('ready');
setInterval(() => {}, 1_000);
