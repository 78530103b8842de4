// What is searched: a week of entries of ten services, the same every time. Words follow Zipf's law over a vocabulary
// of 20,000, so that some are in every tenth entry and some in one; five entries share a trace; 3 % are errors.

const DAY = 86_400_000;
const SERVICES = [
  'gateway',
  'catalog',
  'checkout',
  'payments',
  'search',
  'auth',
  'mailer',
  'worker',
  'billing',
  'reports',
];
/** Writes one entry in so many. */
const RARE = { service: 'nightly', every: 20_000 };
const MODULES = ['http', 'db', 'cache', 'queue', 'auth', 'render', 'jobs', 's3', 'smtp', 'cron'];
const LEVELS = [
  ['DEBUG', 0.2],
  ['INFO', 0.9],
  ['WARN', 0.97],
  ['ERROR', 0.998],
  ['FATAL', 1],
];
const VOCABULARY = 20_000;
const ISSUES = 200;

/** When the week begins. */
export const START = Date.UTC(2026, 10, 1);

/** @param {number} n of all words, the most frequent first */
export const word = (n) => `w${n.toString(36)}`;

/** @param {number} n number of the trace */
export const traceId = (n) => n.toString(16).padStart(32, '0');

/** A small generator with a seed (mulberry32). @param {number} seed */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Rows of project 1 as the store takes them, `count` in all, `size` at a time. @param {number} count @param {number} size */
export function* entries(count, size) {
  const random = seeded(1);
  const words = () =>
    Array.from({ length: 6 + Math.floor(random() * 8) }, () =>
      word(Math.min(VOCABULARY, Math.floor(VOCABULARY ** random())) - 1),
    ).join(' ');
  let rows = [];
  for (let n = 0; n < count; n += 1) {
    const chance = random();
    const level = LEVELS.find(([, limit]) => chance < limit)[0];
    const isError = level === 'ERROR' || level === 'FATAL';
    const chosen = SERVICES[Math.floor(random() ** 2 * SERVICES.length)];
    const service = n % RARE.every === 7 ? RARE.service : chosen;
    const kind = Math.floor(random() ** 2 * ISSUES);
    const text = words();
    const micro = Math.floor((7 * DAY * 1000 * n) / count);
    rows.push({
      project_id: 1,
      id: `sender${n % 20}-${n}`,
      timestamp: `${new Date(START + Math.floor(micro / 1000)).toISOString().slice(0, 23)}${String(micro % 1000).padStart(3, '0')}Z`,
      level,
      message: `request ${n % 7 === 0 ? 'failed' : 'completed'} ${text} in ${Math.floor(random() * 900)} ms`,
      service,
      environment: random() < 0.9 ? 'production' : 'staging',
      host: `host-${n % 12}`,
      pid: 1000 + (n % 50),
      thread_id: 'main',
      sdk_version: 'pino/1.0.0',
      trace_id: traceId(Math.floor(n / 5)),
      module: MODULES[Math.floor(random() * MODULES.length)],
      error_type: isError ? `Error${kind % 30}` : null,
      error_message: isError ? `cannot ${text}` : null,
      stack_trace: isError
        ? Array.from({ length: 10 }, (_, line) => `    at fn${kind} (/app/src/m${line}.js:10) [10:5]`).join(
            '\n',
          )
        : null,
      extra: {
        user_id: Math.floor(random() * 50_000),
        order: { id: `o-${n}`, items: 1 + (n % 5) },
        path: `/api/${service}/${Math.floor(random() * 100)}`,
        status: isError ? 500 : 200,
      },
      fingerprint: isError ? kind.toString(16).padStart(64, '0') : null,
    });
    if (rows.length === size) {
      yield rows;
      rows = [];
    }
  }
  if (rows.length > 0) yield rows;
}
