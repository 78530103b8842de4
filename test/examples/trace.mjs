import { setTimeout as sleep } from 'node:timers/promises';
import { runWithTraceId } from '@tracehub/core-sender/trace';
import { traceMixin } from '@tracehub/pino';
import pino from 'pino';

const endpoint = process.env.TRACEHUB_ENDPOINT ?? 'http://127.0.0.1:4319';
const options = { endpoint, service: 'shop', environment: 'production' };
const logger = pino({ mixin: traceMixin, transport: { target: '@tracehub/pino', options } });

await runWithTraceId('order-17', async () => {
  logger.info('order placed');
  await sleep(10);
  logger.info('mail sent');
});
logger.info('idle');
