/**
 * @typedef {'pino' | 'winston' | 'bunyan'} Family
 * @typedef {'floor' | 'limit' | 'ours' | 'peer'} Kind
 *   floor: the logger with a transport that throws everything away; limit: the least code that ships
 * @typedef {{
 *   id: string, family: Family, kind: Kind, module: string, options?: object,
 *   package?: string   what has to be installed, and what the app loads
 * }} Subject
 */

/** @type {readonly Family[]} */
export const FAMILIES = ['pino', 'winston', 'bunyan'];

/** What a busy app would set. */
const TUNED = { batchSize: 1_000, concurrency: 4 };

/** @type {readonly Subject[]} */
export const SUBJECTS = [
  floor('pino'),
  limit('pino'),
  limit('pino', ' of whole entries', { isEntry: true }),
  ours('pino', 'tracehub'),
  ours('pino', 'tracehub tuned', TUNED),
  ours('pino', 'tracehub durable', { durable: true }),
  ours('pino', 'tracehub spill', { overflow: 'spill' }),
  { ...ours('pino', 'tracehub in-process'), module: 'pino-tracehub-stream' },
  pinoPeer('pino-elasticsearch'),
  pinoPeer('@axiomhq/pino'),
  pinoPeer('pino-opentelemetry-transport'),
  pinoPeer('@logtail/pino'),
  pinoPeer('pino-loki'),
  pinoPeer('@autotelic/pino-seq-transport'),

  floor('winston'),
  limit('winston'),
  limit('winston', ' of whole entries', { isEntry: true }),
  ours('winston', 'tracehub'),
  ours('winston', 'tracehub tuned', TUNED),
  ours('winston', 'tracehub durable', { durable: true }),
  ours('winston', 'tracehub spill', { overflow: 'spill' }),
  ours('winston', 'tracehub worker', { ...TUNED, worker: true }),
  { id: 'winston Http', family: 'winston', kind: 'peer', module: 'winston-http' },
  peer('winston', '@axiomhq/winston', 'winston-axiom'),
  peer('winston', '@logtail/winston', 'winston-logtail'),
  peer('winston', 'winston-loki', 'winston-loki'),

  { ...floor('bunyan'), options: { type: 'stream' } },
  { ...floor('bunyan'), id: 'bunyan floor raw', options: { type: 'raw' } },
  limit('bunyan'),
  limit('bunyan', ' of whole entries', { isEntry: true }),
  ours('bunyan', 'tracehub'),
  ours('bunyan', 'tracehub tuned', TUNED),
  ours('bunyan', 'tracehub durable', { durable: true }),
  ours('bunyan', 'tracehub spill', { overflow: 'spill' }),
  ours('bunyan', 'tracehub worker', { ...TUNED, worker: true }),
  peer('bunyan', 'bunyan-seq', 'bunyan-seq'),
  peer('bunyan', '@logtail/bunyan', 'bunyan-logtail'),
];

/** @param {string} id */
export function findSubject(id) {
  const found = SUBJECTS.find((subject) => subject.id === id);
  if (!found) throw new Error(`no subject "${id}"; there are: ${SUBJECTS.map((one) => one.id).join(', ')}`);
  return found;
}

/** @param {Family} family @returns {Subject} */
function floor(family) {
  return { id: `${family} floor`, family, kind: 'floor', module: `${family}-floor` };
}

/** @param {Family} family @param {string} [more] of its name @param {object} [options] @returns {Subject} */
function limit(family, more = '', options) {
  return { id: `${family} limit${more}`, family, kind: 'limit', module: `${family}-limit`, options };
}

/** @param {Family} family @param {string} name @param {object} [options] @returns {Subject} */
function ours(family, name, options) {
  const module = `${family}-tracehub`;
  return { id: `${family} ${name}`, family, kind: 'ours', module, options, package: `@tracehub/${family}` };
}

/** @param {Family} family @param {string} name of the package @param {string} module @returns {Subject} */
function peer(family, name, module) {
  return { id: `${family} ${name}`, family, kind: 'peer', module, package: name };
}

/** @param {string} name @returns {Subject} */
function pinoPeer(name) {
  return { ...peer('pino', name, 'pino-peer'), options: { target: name } };
}
