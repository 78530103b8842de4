// Ends while the log call that filled the ring is still at work: in a subscriber that hears of the spill.
import { subscribe } from 'node:diagnostics_channel';
import { log, startSender } from './sender.mjs';

const [dlqPath] = process.argv.slice(2);
const sender = startSender({ dlqPath, endpoint: 'http://127.0.0.1:9', maxBuffer: 100, overflow: 'spill' });
subscribe('tracehub.batch.dead-lettered', () => process.exit(3));
log(sender, 1, 101);
