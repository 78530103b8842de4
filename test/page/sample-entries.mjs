/** A day of a small shop, the same every time but for its end, which is now. @param {number} now */
export function sampleDay(now) {
  const random = seeded(7);
  const pick = (list) => list[Math.floor(random() ** 1.6 * list.length)];
  const entries = [];
  let n = 0;
  const add = (at, fields) => {
    n += 1;
    entries.push({
      id: `sample-${n}`,
      timestamp: new Date(at).toISOString(),
      environment: 'production',
      host: `web-${1 + (n % 3)}`,
      pid: 4000 + (n % 3),
      thread_id: 'main',
      sdk_version: 'pino/1.0.0',
      ...fields,
    });
  };
  const day = 24 * 3600_000;
  for (let minute = 0; minute < 1440; minute += 1) {
    const at = now - day + minute * 60_000;
    const load = 1 + 2.2 * Math.sin((minute / 1440) * Math.PI) ** 2;
    for (let i = 0; i < load * 2; i += 1) {
      const time = at + random() * 60_000;
      const trace_id = hex(random, 32);
      const service = pick(['gateway', 'checkout', 'catalog', 'search', 'mailer']);
      const ms = Math.round(20 + random() * 180);
      if (random() < 0.25)
        add(time - 3, {
          level: 'DEBUG',
          service,
          module: 'cache',
          trace_id,
          message: `cache miss for product ${Math.floor(random() * 9000)}`,
        });
      add(time, {
        level: 'INFO',
        service,
        module: 'http',
        trace_id,
        message: `GET /api/${service} 200 in ${ms} ms`,
        extra: { status: 200, ms },
      });
      if (random() < 0.05)
        add(time + 5, {
          level: 'WARN',
          service,
          module: 'db',
          trace_id,
          message: `slow query took ${900 + Math.floor(random() * 2000)} ms`,
          extra: { rows: 120 },
        });
    }
    const outage = minute > 900 && minute < 960;
    for (const fault of faults) {
      if (random() > fault.rate * (outage && fault.service === 'payments' ? 12 : 1)) continue;
      const trace_id = hex(random, 32);
      const time = at + random() * 60_000;
      const order = 70_000 + Math.floor(random() * 9000);
      add(time - 41, {
        level: 'INFO',
        service: 'gateway',
        module: 'http',
        trace_id,
        message: `POST /api/orders/${order}`,
      });
      add(time - 23, {
        level: 'INFO',
        service: 'checkout',
        module: 'orders',
        trace_id,
        message: `order ${order}: placing`,
        extra: { order: { id: order, items: 3 } },
      });
      add(time, {
        level: fault.level,
        service: fault.service,
        module: fault.module,
        trace_id,
        message: `order ${order} failed`,
        error_type: fault.type,
        error_message: fault.message,
        stack_trace: toStack(fault),
        extra: { order: { id: order, items: 3 }, retry: 2 },
      });
      add(time + 12, {
        level: 'WARN',
        service: 'gateway',
        module: 'http',
        trace_id,
        message: `POST /api/orders/${order} 502`,
      });
    }
  }
  add(now - 5 * 3600_000, {
    level: 'WARN',
    service: 'search',
    module: 'tracehub',
    message: 'TraceHub sender dropped 1284 entries (buffer-full 1284)',
    extra: {
      tracehub_dropped: { 'buffer-full': 1284 },
      from: new Date(now - 5 * 3600_000 - 40_000).toISOString(),
      to: new Date(now - 5 * 3600_000 - 2000).toISOString(),
    },
  });
  return entries;
}

const faults = [
  {
    service: 'payments',
    module: 'stripe',
    level: 'ERROR',
    type: 'PaymentDeclinedError',
    message: 'card was declined: insufficient funds',
    frames: [
      'Charge.confirm (/app/src/payments/charge.ts:88)',
      'placeOrder (/app/src/orders/place-order.ts:41)',
    ],
    rate: 0.03,
  },
  {
    service: 'payments',
    module: 'http',
    level: 'ERROR',
    type: 'TimeoutError',
    message: 'no answer from the payment provider within 5000 ms',
    frames: [
      'withTimeout (/app/src/net/with-timeout.ts:19)',
      'Charge.create (/app/src/payments/charge.ts:52)',
    ],
    rate: 0.012,
  },
  {
    service: 'catalog',
    module: 'db',
    level: 'ERROR',
    type: 'TypeError',
    message: "Cannot read properties of undefined (reading 'price')",
    frames: [
      'toListing (/app/src/catalog/to-listing.ts:27)',
      'Array.map (<anonymous>)',
      'listProducts (/app/src/catalog/list-products.ts:63)',
    ],
    rate: 0.02,
  },
  {
    service: 'checkout',
    module: 'db',
    level: 'FATAL',
    type: 'ConnectionError',
    message: 'the pool has no connection left',
    frames: [
      'Pool.acquire (/app/node_modules/pg-pool/index.js:45)',
      'saveOrder (/app/src/orders/save-order.ts:15)',
    ],
    rate: 0.004,
  },
  {
    service: 'mailer',
    module: 'smtp',
    level: 'ERROR',
    type: 'SmtpError',
    message: '550 mailbox unavailable',
    frames: ['send (/app/src/mail/send.ts:33)'],
    rate: 0.01,
  },
];

function toStack({ type, message, frames }) {
  const library = [
    'process.processTicksAndRejections (node:internal/process/task_queues:95)',
    'Layer.handle (/app/node_modules/express/lib/router/layer.js:95)',
  ];
  return [`${type}: ${message}`, ...[...frames, ...library].map((frame) => `    at ${frame}`)].join('\n');
}

function hex(random, length) {
  return Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
}

/** A small generator with a seed (mulberry32). */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
