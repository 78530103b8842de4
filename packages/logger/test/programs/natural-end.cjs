const { TraceHubLogger } = require('@tracehub/logger');

const logger = new TraceHubLogger({
  apiKey: 'th_test_key',
  service: 'shop',
  environment: 'test',
  // Longer than the test waits: the end of the program has to send.
  flushInterval: 60_000,
});
for (let index = 0; index < 100; index++) logger.info(`entry ${index}`);
