import { setTimeout as sleep } from 'node:timers/promises';
import { COUNT, log, startSender } from './sender.mjs';

// A part is on disk long before the end, a part is not written yet.
const sender = startSender({ durable: true });
log(sender, 1, COUNT / 2);
while (sender.stats().durable < COUNT / 2) await sleep(5);
log(sender, COUNT / 2 + 1);
process.exit(3);
