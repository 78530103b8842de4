// Uses the helper as the last thing in the program: its promises must hold the process.
import { traceHubTransport } from '@tracehub/pino';
import pino from 'pino';

const [way] = process.argv.slice(2);
const transport = traceHubTransport({
  apiKey: 'th_test',
  service: 'shop',
  environment: 'test',
  ...(way === 'signal' ? { closeOnSignal: ['SIGTERM'] } : {}),
});
const logger = pino(transport);
for (let n = 0; n < 100; n++) logger.info({ n }, `line ${n}`);
if (way === 'signal') {
  setInterval(() => {}, 1_000);
  process.stdout.write('ready\n');
} else {
  const receipt = way === 'flush' ? await transport.flush() : await transport.close();
  process.stdout.write(`receipt ${JSON.stringify(receipt)}\n`);
  // After close() nobody reads this; the app must live on all the same.
  logger.info('one more');
}
