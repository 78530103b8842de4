// The app's own subscriber of a channel and its own listener for warnings throw. Node reports both as the app's
// uncaught exceptions; the app here goes on after them.
import { subscribe } from 'node:diagnostics_channel';
import { IDENTITY, createSender } from './core-sender.mjs';
import { numberedRecord } from './numbered.mjs';

const { endpoint, dlqPath, count, maxBuffer } = JSON.parse(process.argv[2]);
const uncaught = [];
process.on('uncaughtException', (error) => void uncaught.push(error.message));
for (const name of ['batch.delivered', 'batch.retry', 'batch.dead-lettered', 'entry.dropped', 'gate']) {
  subscribe(`tracehub.${name}`, () => {
    throw new Error(`channel ${name}`);
  });
}
process.on('warning', (warning) => {
  throw new Error(`warning ${warning.code}`);
});
const sender = createSender(
  { ...IDENTITY, endpoint, dlqPath, maxBuffer },
  { sdkVersion: 'crash-test/1.0.0' },
);
for (let n = 1; n <= count; n++) sender.send(numberedRecord('listened', n));
const flushed = await sender.flush();
for (let n = count + 1; n <= count + 5; n++) sender.send(numberedRecord('listened', n));
const closed = await sender.close();
console.log(`end ${JSON.stringify({ flushed, closed, stats: sender.stats(), uncaught })}`);
