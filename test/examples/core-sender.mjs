import { createSender } from '@tracehub/core-sender';

const sender = createSender(
  {
    apiKey: process.env.TRACEHUB_API_KEY,
    endpoint: process.env.TRACEHUB_ENDPOINT ?? 'http://127.0.0.1:4319',
    service: 'shop',
    environment: 'production',
  },
  { sdkVersion: 'mylogger/1.0.0', moduleKeys: ['component'] },
);

sender.send({ level: 'INFO', message: 'order placed', fields: { component: 'orders', order: 17 } });
sender.send({ level: 'ERROR', message: 'order failed', error: new Error('out of stock') });
await sender.close();
