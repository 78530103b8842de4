const words =
  'order cart checkout payment refused accepted user session token cache lookup missed stored queue worker retry timeout upstream request response invoice shipped parcel stock customer address currency rounding discount basket';
const list = words.split(' ');

/** A log entry as our senders write them: ten words, some `extra`; one in ten is an error of one of twenty kinds. */
export function makeEntry(n) {
  const word = (salt) => list[(n * 31 + salt * 17) % list.length];
  const time = new Date(Date.UTC(2026, 10, 22) + n).toISOString();
  const entry = {
    id: `9f86d081884c7d65-${n}`,
    level: 'INFO',
    message: `${word(1)} ${word(2)} order ${n} ${word(3)} ${word(4)} for user ${n % 5000} in ${n % 300} ms`,
    timestamp: time.replace('Z', `${String(n % 1000).padStart(3, '0')}Z`),
    service: 'shop',
    environment: 'production',
    host: 'web-1.internal',
    pid: 4242,
    thread_id: 'main',
    sdk_version: 'pino/1.0.0',
    trace_id: Math.floor(n / 5)
      .toString(16)
      .padStart(32, '0'),
    module: `module-${n % 8}`,
    extra: { order: n, user: n % 5000, url: `/orders/${n}`, tags: ['a', 'b'] },
  };
  if (n % 10 !== 0) return entry;
  const kind = (n / 10) % 20;
  return {
    ...entry,
    level: 'ERROR',
    error_type: 'TypeError',
    error_message: `cannot read ${word(5)} of undefined`,
    stack_trace: `TypeError: cannot read ${word(5)} of undefined\n    at handler${kind} (/app/src/orders.js:${n % 90}) [${n % 90}:5]\n    at next (/app/node_modules/express/lib/router.js:10) [10:5]`,
  };
}
