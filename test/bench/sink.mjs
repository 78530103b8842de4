// The server of the bench, a process of its own: speaks enough of every protocol, counts records by the number inside.
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { now } from './meter.mjs';
import { MARK, MARK_DIGITS, WARM_UP_MARK } from './record.mjs';

/** @typedef {{ records: number, warmUps: number, bytes: number, requests: number, lastAt: number, unknown: string[] }} Seen */

/** How it answers: `ok`, `hang` (never), `refuse` (503). @type {'ok' | 'hang' | 'refuse'} */
let mode = 'ok';
const mark = Buffer.from(MARK);
const warmUpMark = Buffer.from(WARM_UP_MARK);
const ENTRY = Buffer.from('"sdk_version":');
const hasCome = new Uint8Array(10 ** MARK_DIGITS);
/** @type {Seen} */
let seen;
reset();

/** By path: the answer to a body with `marks` records. */
const ANSWERS = [
  [/^\/api\/v1\/ingest$/, (body) => json(202, { accepted: count(body, ENTRY) })],
  [/^\/lines$/, () => json(202, {})],
  [/^\/_bulk$/, (_body, marks) => json(200, bulkAnswer(marks))],
  [/^\/_all\/_refresh$|^\/pino\/_refresh$/, () => json(200, {})],
  [/^\/loki\/api\/v1\/push$/, () => [204, '', {}]],
  [/^\/v1\/logs$/, () => [200, '', { 'content-type': 'application/x-protobuf' }]],
  [/^\/api\/events\/raw/, () => json(201, { MinimumLevelAccepted: null })],
  [
    /^\/v1\/datasets\/bench\/ingest/,
    (_body, marks) => json(200, { ingested: marks, failed: 0, failures: [] }),
  ],
  [/^\/logtail$/, () => json(202, {})],
  [/^\/winston$/, () => json(200, {})],
];

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('error', () => {});
  request.on('end', () => void answer(request, response, Buffer.concat(chunks)));
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', ({ id, ask, ...rest }) => process.send({ id, answer: COMMANDS[ask](rest) }));
process.on('disconnect', () => process.exit());
// The bench decides when it is over.
process.on('SIGINT', () => {});

const COMMANDS = {
  seen: () => seen,
  /** Forgets everything, and every connection with it. */
  start({ mode: wanted }) {
    server.closeAllConnections();
    reset();
    mode = wanted;
  },
  turn({ mode: wanted }) {
    mode = wanted;
  },
  /** Whether record `n` has come, for all of them, as base64 of one byte each. */
  arrived: ({ records }) => Buffer.from(hasCome.subarray(0, records)).toString('base64'),
};

async function answer(request, response, wire) {
  if (mode === 'hang') return;
  if (mode === 'refuse') return void response.writeHead(503).end();
  const body = await decode(request, wire);
  const known = ANSWERS.find(([path]) => path.test(request.url));
  if (!known) {
    seen.unknown.push(`${request.method} ${request.url}`);
    return void response.writeHead(404).end();
  }
  seen.requests++;
  const marks = take(body);
  if (marks === 0) seen.warmUps += count(body, warmUpMark);
  if (marks > 0) seen.bytes += wire.length;
  const [status, text, headers] = known[1](body, marks);
  response.writeHead(status, headers).end(text);
}

async function decode({ headers, url }, wire) {
  if (headers['content-encoding'] === 'gzip') return gunzipSync(wire);
  const isSnappy = url.startsWith('/loki') && headers['content-type'] === 'application/x-protobuf';
  return isSnappy ? (await import('snappy')).uncompress(wire) : wire;
}

/** Notes the records of a body. @returns {number} how many it holds, doubled ones too */
function take(body) {
  let marks = 0;
  for (let at = body.indexOf(mark); at >= 0; at = body.indexOf(mark, at + mark.length)) {
    const start = at + mark.length;
    const number = Number(body.latin1Slice(start, start + MARK_DIGITS));
    marks++;
    if (hasCome[number]) continue;
    hasCome[number] = 1;
    seen.records++;
    seen.lastAt = now();
  }
  return marks;
}

function count(body, needle) {
  let found = 0;
  for (let at = body.indexOf(needle); at >= 0; at = body.indexOf(needle, at + needle.length)) found++;
  return found;
}

function reset() {
  hasCome.fill(0);
  seen = { records: 0, warmUps: 0, bytes: 0, requests: 0, lastAt: 0, unknown: [] };
}

function json(status, body) {
  return [
    status,
    JSON.stringify(body),
    { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' },
  ];
}

function bulkAnswer(marks) {
  return { took: 1, errors: false, items: Array.from({ length: marks }, () => ({ index: { status: 201 } })) };
}
