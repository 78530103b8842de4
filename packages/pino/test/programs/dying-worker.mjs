// The worker dies under the app; the app must not.
import { traceHubTransport } from '@tracehub/pino';
import pino from 'pino';

const transport = traceHubTransport({ apiKey: 'th_test', service: 'shop', environment: 'test' });
const logger = pino(transport);
logger.info('before');
await transport.flush();
await transport.worker.terminate();
logger.info('after');
const receipt = await transport.flush();
process.stdout.write(
  `${JSON.stringify({ receipt, stats: transport.stats(), again: await transport.close() })}\n`,
);
