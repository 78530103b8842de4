const { TraceHubTransport, default: DefaultTransport } = require('@tracehub/winston');
const winston = require('winston');

if (TraceHubTransport !== DefaultTransport) throw new Error('the default export is another class');
const logger = winston.createLogger({
  transports: [new TraceHubTransport({ apiKey: 'th_test', service: 'shop', environment: 'test' })],
});
for (let index = 0; index < 100; index++) logger.info(`entry ${index}`);
