import { createSender } from '@tracehub/core-sender';

/** How many entries each program has in memory before it does what it is named after. */
export const COUNT = 100;

/** A sender that sends nothing by itself within any test; endpoint and directory come from the environment. */
export function startSender(options = {}) {
  return createSender(
    {
      apiKey: 'th_test',
      service: 'shop',
      environment: 'test',
      flushInterval: 60_000,
      closeTimeout: 8_000,
      batchSize: 10_000,
      ...options,
    },
    { sdkVersion: 'test/1.0.0', emitWarning: () => {} },
  );
}

export function log(sender, first = 1, last = COUNT) {
  for (let seq = first; seq <= last; seq++) sender.send({ level: 'INFO', message: `message ${seq}` });
}
