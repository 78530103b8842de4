// The target in a CommonJS app that ends by itself.
const pino = require('pino');

const options = { apiKey: 'th_test', service: 'shop', environment: 'test' };
const logger = pino({ transport: { target: '@tracehub/pino', options } });
for (let n = 0; n < 20; n++) logger.info({ n }, `line ${n}`);
