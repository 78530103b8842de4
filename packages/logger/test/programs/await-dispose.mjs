import { loggerWithEntries } from './logger.mjs';

await loggerWithEntries()[Symbol.asyncDispose]();
