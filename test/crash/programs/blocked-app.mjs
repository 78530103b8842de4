// Blocks its thread while answers are on their way, and logs more than the ring takes.
import { once } from 'node:events';
import { IDENTITY, PROFILE, createSender } from './core-sender.mjs';
import { numberedRecord } from './numbered.mjs';

const { endpoint, dlqPath, count, maxBuffer, blockedMs, timeout } = JSON.parse(process.argv[2]);
const sender = createSender({ ...IDENTITY, endpoint, dlqPath, maxBuffer, timeout, batchSize: 10 }, PROFILE);
const block = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockedMs);

// The HTTP client is loaded and has a connection: what follows is about answers alone.
sender.send(numberedRecord('warm', 1));
await sender.flush();

for (let n = 1; n <= count; n++) sender.send(numberedRecord('answered', n));
// Told when the request is with the server; its answer comes while the thread is blocked.
await once(process.stdin, 'data');
process.stdin.destroy();
block();
await sender.flush();
const first = sender.stats();

for (let n = 1; n <= maxBuffer + count; n++) sender.send(numberedRecord('burst', n));
block();
await sender.flush();
await sender.close();
console.log(`end ${JSON.stringify({ first, last: sender.stats() })}`);
