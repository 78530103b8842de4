import { createSender } from '../../../packages/core-sender/dist/esm/index.js';

export { createSender };

/** What is the same for all senders of these programs. */
export const PROFILE = { sdkVersion: 'crash-test/1.0.0', emitWarning: () => {} };
export const IDENTITY = { apiKey: 'th_crash', service: 'crash', environment: 'test' };
