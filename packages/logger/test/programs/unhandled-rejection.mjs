import { loggerWithEntries } from './logger.mjs';

loggerWithEntries();
void Promise.reject(new TypeError('nobody handled this'));
