import { loggerWithEntries, printTimeToExit } from './logger.mjs';

loggerWithEntries({ handleExceptions: true });
setTimeout(() => {
  printTimeToExit();
  throw new TypeError('winston caught this');
}, 10);
