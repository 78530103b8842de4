import { loggerWithEntries } from './logger.mjs';

loggerWithEntries();
throw new TypeError('nobody caught this');
