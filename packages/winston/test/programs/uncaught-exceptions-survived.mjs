import { setTimeout as sleep } from 'node:timers/promises';
import { loggerWithEntries } from './logger.mjs';

const { logger, transport } = loggerWithEntries({ handleExceptions: true }, { exitOnError: false });
for (let index = 0; index < 15; index++) {
  setImmediate(() => {
    throw new TypeError(`survived ${index}`);
  });
  await sleep(20);
}
logger.info('alive');
await transport.flush();
const left = ['finish', 'error'].map(
  (event) => transport.listeners(event).filter((listener) => listener.name === '').length,
);
console.log(`listeners ${left.join(' ')}`);
