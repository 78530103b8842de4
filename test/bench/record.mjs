/** Stands in every record and survives JSON, msgpack and protobuf alike; seven digits follow. */
export const MARK = 'bench-id-';
export const MARK_DIGITS = 7;
/** Stands in records of the warm-up, which nobody counts. */
export const WARM_UP_MARK = 'bench-up-';

/** Made beforehand, so that a call pays for the logger alone; many, so that gzip has as much to do as in real life. */
const VARIANTS = Array.from({ length: 4_096 }, (_, index) => {
  const random = scatter(index);
  return {
    customerId: `cus_${random.toString(16).padStart(8, '0')}`,
    amount: (random % 20_000) / 100,
    durationMs: (scatter(random) % 5_000) / 10,
    path: ['/api/orders', '/api/orders/checkout', '/api/carts', '/api/carts/items'][random % 4],
    status: [200, 201, 201, 409][(random >>> 3) % 4],
  };
});

/** The message of record `n`, 62 characters; of a warm-up for a negative `n`. @param {number} n */
export function messageOf(n) {
  const digits = String(Math.abs(n)).padStart(MARK_DIGITS, '0');
  return `payment captured and receipt queued for order ${n < 0 ? WARM_UP_MARK : MARK}${digits}`;
}

/** Six fields, one of them nested: with the message a line of about 325 bytes of JSON (performance.md). @param {number} n */
export function fieldsOf(n) {
  const { customerId, amount, durationMs, path, status } = VARIANTS[Math.abs(n) % VARIANTS.length];
  return {
    orderId: n,
    customerId,
    amount,
    currency: 'EUR',
    durationMs,
    request: { method: 'POST', path, status, userAgent: 'shop-app/4.18.2' },
  };
}

/** Another number of 32 bits, the same each time (a round of MurmurHash3's finaliser). @param {number} n */
function scatter(n) {
  const mixed = Math.imul(n ^ (n >>> 16) ^ 0x9e3779b9, 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) >>> 0;
}
