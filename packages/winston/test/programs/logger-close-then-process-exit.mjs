import { loggerWithEntries } from './logger.mjs';

const { logger } = loggerWithEntries();
logger.close();
process.exit(3);
