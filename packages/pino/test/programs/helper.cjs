// The CommonJS build on the app thread: what it loads, and that it works.
const { traceHubTransport, traceHubStream, traceMixin } = require('@tracehub/pino');
const pino = require('pino');

const options = { apiKey: 'th_test', service: 'shop', environment: 'test' };
const transport = traceHubTransport(options);
const logger = pino({ mixin: traceMixin }, transport);
logger.info('from the helper');
void transport.close().then((receipt) => {
  const stream = traceHubStream({ ...options, enabled: false });
  pino(stream).info('discarded');
  const undici = Object.keys(require.cache).filter((file) => /[\\/]undici[\\/]/.test(file));
  process.stdout.write(`${JSON.stringify({ receipt, undici: undici.length })}\n`);
});
