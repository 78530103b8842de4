// The built package, or the copy of it in which `teeth.mjs` has planted a bug.
const { createSender } = await import(
  process.env.TRACEHUB_CORE_SENDER ??
    new URL('../../../packages/core-sender/dist/esm/index.js', import.meta.url)
);

export { createSender };

/** What is the same for all senders of these programs. */
export const PROFILE = { sdkVersion: 'crash-test/1.0.0', emitWarning: () => {} };
export const IDENTITY = { apiKey: 'th_crash', service: 'crash', environment: 'test' };
