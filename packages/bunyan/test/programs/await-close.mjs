import { loggerWithEntries } from './logger.mjs';

const { stream } = loggerWithEntries();
await stream.close();
