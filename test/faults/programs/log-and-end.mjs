import { createSender } from '@tracehub/core-sender';

// Logs one record, sees it delivered, and has nothing more to do.
const sender = createSender(
  { apiKey: 'th_test_key', service: 'test', environment: 'test' },
  { sdkVersion: 'faults/0.0.0' },
);
sender.send({ level: 'INFO', message: 'hello' });
setTimeout(() => void sender.flush(), 10);
setTimeout(() => {}, 300);
