import { loggerWithEntries, printTimeToExit } from './logger.mjs';

loggerWithEntries({ handleRejections: true });
printTimeToExit();
void Promise.reject(new TypeError('winston handled this'));
