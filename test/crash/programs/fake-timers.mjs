// The timers of the global object are replaced by ones that never fire, as in a test with a fake clock.
import { IDENTITY, PROFILE, createSender } from './core-sender.mjs';
import { numberedRecord } from './numbered.mjs';

const { endpoint, dlqPath, count, timeout } = JSON.parse(process.argv[2]);
const hold = setInterval(() => {}, 1_000);
const stop = clearInterval;
class FrozenDate extends Date {
  static now() {
    return 0;
  }
}
const never = () => ({
  ref() {},
  unref() {},
  hasRef: () => false,
  refresh() {},
  [Symbol.toPrimitive]: () => 1,
});
Object.assign(globalThis, {
  setTimeout: never,
  setInterval: never,
  setImmediate: never,
  clearTimeout: () => {},
  clearInterval: () => {},
  clearImmediate: () => {},
  Date: FrozenDate,
});
globalThis.performance = { now: () => 0 };

const sender = createSender(
  { ...IDENTITY, endpoint, dlqPath, timeout, flushInterval: 50, closeTimeout: 1_000 },
  PROFILE,
);
for (let n = 1; n <= count; n++) sender.send(numberedRecord('faked', n));
const flushed = await sender.flush();
for (let n = count + 1; n <= 2 * count; n++) sender.send(numberedRecord('faked', n));
const closed = await sender.close();
stop(hold);
console.log(`end ${JSON.stringify({ flushed, closed, stats: sender.stats() })}`);
