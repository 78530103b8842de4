const { traceHubStream } = require('@tracehub/bunyan');
const bunyan = require('bunyan');

const logger = bunyan.createLogger({
  name: 'app',
  streams: [traceHubStream({ apiKey: 'th_test', service: 'shop', environment: 'test' })],
});
for (let index = 0; index < 100; index++) logger.info(`entry ${index}`);
