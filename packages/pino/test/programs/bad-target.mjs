// A target with an option that cannot be used; with `listen` the app hears of it, without it ends as for any error.
import pino from 'pino';

const [listen, options] = process.argv.slice(2);
const base = { apiKey: 'th_test', service: 'shop', environment: 'test' };
const transport = pino.transport({ target: '@tracehub/pino', options: { ...base, ...JSON.parse(options) } });
if (listen === 'listen') {
  transport.on('error', ({ message, cause }) =>
    process.stdout.write(`${JSON.stringify({ message, cause })}\n`),
  );
}
pino(transport).info('never sent');
