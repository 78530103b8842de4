const { TraceHubLogger } = require('@tracehub/logger');

const logger = new TraceHubLogger({
  apiKey: process.env.TRACEHUB_API_KEY,
  endpoint: process.env.TRACEHUB_ENDPOINT,
  service: 'shop',
  environment: 'production',
  redact: ['user.password'],
});

logger.info('signed in', { extra: { user: { name: 'Ada', password: 'secret' } } });
