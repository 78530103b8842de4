import { loggerWithEntries } from './logger.mjs';

loggerWithEntries();
process.exit(3);
