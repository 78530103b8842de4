import { loggerWithEntries } from './logger.mjs';

const { stream } = loggerWithEntries();
stream.end();
