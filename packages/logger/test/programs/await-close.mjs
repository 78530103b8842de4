import { loggerWithEntries } from './logger.mjs';

await loggerWithEntries().close();
