import { loggerWithEntries } from './logger.mjs';

loggerWithEntries();
