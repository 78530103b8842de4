import { loggerWithEntries } from './logger.mjs';

const { transport } = loggerWithEntries();
await transport.close();
