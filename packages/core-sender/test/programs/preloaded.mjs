// Loaded into every thread with --import, as instrumentations are; logs in each of them.
import { createSender } from '../../dist/esm/index.js';

const identity = { apiKey: 'th_test', service: 'shop', environment: 'test' };
const sender = createSender({ ...identity, worker: true }, { sdkVersion: 'test/1.0.0' });
sender.send({ level: 'INFO', message: 'preloaded' });
