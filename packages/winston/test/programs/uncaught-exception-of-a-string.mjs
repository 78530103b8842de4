import { loggerWithEntries } from './logger.mjs';

loggerWithEntries({ handleExceptions: true });
setTimeout(() => {
  // eslint-disable-next-line no-throw-literal -- what is thrown need not be an error
  throw 'only a string';
}, 10);
