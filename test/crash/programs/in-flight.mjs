// Has a request in flight when it is stopped; ends when everything has come to an end.
import { IDENTITY, PROFILE, createSender } from './core-sender.mjs';
import { numberedRecord } from './numbered.mjs';

const { endpoint, dlqPath, count, timeout } = JSON.parse(process.argv[2]);
const sender = createSender({ ...IDENTITY, endpoint, dlqPath, timeout }, PROFILE);
for (let n = 1; n <= count; n++) sender.send(numberedRecord('stopped', n));
const hold = setInterval(() => {}, 1_000);
await sender.flush();
clearInterval(hold);
await sender.close();
console.log(`end ${JSON.stringify(sender.stats())}`);
