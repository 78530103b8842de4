/*
 * Prints the delivery table of the README and ends with 1 if a cell is not as it should be:
 *
 *   node test/faults/delivery-table.mjs [part of a row's name]
 *
 * Each cell is a program with one of the three loggers that logs 40 records against the fault server, which runs
 * here, in another process; and, if something was left on disk, a second start of the program. What that server stored
 * is posted to a collector, as often as it came, whose rows are read in the end: each record of each cell once, unharmed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { loadKit } from './load-kit.mjs';

const PROGRAM = fileURLToPath(new URL('programs/log-forty.mjs', import.meta.url));
const RECORDS = 40;
const LOGGERS = ['pino', 'winston', 'bunyan'];
/** Programs at once; most of a cell's time is waiting. */
const PARALLEL = 6;
/** A program that stays is told to end when all is delivered, or after this. */
const STAY_MS = 9_000;
/** The backoff of the gate has grown to several seconds by the time the server is back. */
const HEAL_MS = 35_000;

const { accept, respond, serverError, startFaultServer } = await loadKit('fault-server.ts');
const collector = await startCollector();

const all = { now: RECORDS, later: 0, rejected: 0, lost: 0, doubled: 0 };
const onDisk = { now: 0, later: RECORDS, rejected: 0, lost: 0, doubled: 0 };
/** Everything arrives, by then or after the next start; an attempt that the end cut off may arrive twice. */
const sooner = 'sooner or later';
/** What was in memory is lost: a bare signal runs no handler. */
const bounded = 'bounded';
/** pino's worker still sends while the process ends; in the app's own thread there is time for the disk only. */
const byThread = { pino: all, winston: onDisk, bunyan: onDisk };

/** The first `count` batches get `steps`. */
const first = (count, steps) => () => {
  let left = count;
  return { onWhole: (request) => (request.count > 0 && left-- > 0 ? steps(request) : accept(request)) };
};
/** Until `ms` after the first batch came. */
const forMs = (ms, steps) => () => {
  let since;
  return {
    onWhole: (request) => {
      since ??= performance.now();
      return performance.now() - since < ms ? steps(request) : accept(request);
    },
  };
};
const always = (steps) => () => ({ onWhole: steps });
const hasRecord = (request, number) =>
  request.entries.some(({ message }) => message.startsWith(`record ${number} `));

const ENDS = {
  'natural end': { end: 'end', code: 0 },
  'process.exit': { end: 'exit', code: 3, expect: byThread },
  'uncaught throw': { end: 'throw', code: 1, expect: byThread },
  'SIGTERM, bare': { end: 'stay', signal: 'SIGTERM', expect: bounded },
  'SIGTERM, closeOnSignal': { end: 'stay', signal: 'SIGTERM', options: { closeOnSignal: ['SIGTERM'] } },
  'SIGTERM, durable': {
    end: 'stay',
    signal: 'SIGTERM',
    isDurable: true,
    options: { durable: true },
    expect: sooner,
  },
  'SIGKILL, durable': {
    end: 'stay',
    signal: 'SIGKILL',
    isDurable: true,
    options: { durable: true },
    expect: sooner,
  },
};

const FAULTS = {
  '503 twice': { plan: first(2, () => [respond(503)]) },
  '429, Retry-After 2': {
    plan: first(1, () => [respond(429, '', { 'retry-after': '2' })]),
    atLeastMs: 2_000,
  },
  '413 over 20 records': {
    plan: always((request) => (request.count > 20 ? [respond(413)] : accept(request))),
  },
  'one poison record (400)': {
    plan: always((request) => (hasRecord(request, 7) ? [respond(400)] : accept(request))),
    expect: { ...all, now: 39, rejected: 1 },
  },
  'one poison record (500)': {
    plan: always((request) => (hasRecord(request, 7) ? serverError() : accept(request))),
    expect: { ...all, now: 39, rejected: 1 },
  },
  'down 4 s': { downMs: 4_000, stayMs: HEAL_MS },
  '500 for 4 s': { plan: forMs(4_000, serverError), stayMs: HEAL_MS },
  hang: { plan: always(() => [{ do: 'hang' }]), expect: onDisk },
  'reset mid-body': {
    plan: () => {
      let left = 2;
      return { onRequest: () => (left-- > 0 ? { bytes: 500, steps: [{ do: 'reset' }] } : undefined) };
    },
  },
  // TraceHub has no idempotency: delivery is at least once, and one resend of the batch is what that costs.
  'answer lost after store': {
    plan: first(1, () => [{ do: 'store' }, { do: 'reset' }]),
    expect: { ...all, doubled: RECORDS },
  },
  'captive portal': {
    plan: always(() => [respond(200, '<html>sign in</html>')]),
    expect: onDisk,
    stayMs: 2_000,
  },
  'wrong key (401)': { plan: always(() => [respond(401)]), expect: onDisk, stayMs: 2_000 },
};

const ROWS = {
  ...ENDS,
  ...Object.fromEntries(
    Object.entries(FAULTS).map(([name, fault]) => [name, { end: 'stay', code: 0, ...fault }]),
  ),
  ...Object.fromEntries(
    Object.entries(ENDS).map(([name, end]) => [
      `${name}, during an outage`,
      { ...end, downMs: Number.POSITIVE_INFINITY, expect: end.expect === bounded ? bounded : onDisk },
    ]),
  ),
};

async function runCell(logger, row) {
  const dlqPath = mkdtempSync(join(tmpdir(), 'tracehub-table-'));
  const server = await startFaultServer({ plan: row.plan?.() ?? {} });
  try {
    if (row.downMs) await server.stop();
    const app = startApp(logger, RECORDS, row.end, { ...row.options }, server.url, dlqPath);
    const up =
      row.downMs &&
      row.downMs !== Number.POSITIVE_INFINITY &&
      app.logged.then(() => sleep(row.downMs)).then(() => server.restart());
    if (row.signal) {
      await app.logged;
      const until = performance.now() + STAY_MS;
      while (row.isDurable && !isSafe(server, dlqPath) && performance.now() < until) await sleep(10);
      app.kill(row.signal);
    } else if (row.end === 'stay') {
      const isOver = () => distinct(server) + rejectedCount(dlqPath) === RECORDS;
      await app.logged;
      const until = performance.now() + (row.stayMs ?? STAY_MS);
      while (!isOver() && performance.now() < until) await sleep(20);
      app.tell();
    }
    const ended = await app.ended;
    await up;
    const now = distinct(server);

    server.plan = {};
    if (row.downMs === Number.POSITIVE_INFINITY) await server.restart();
    if (hasLetters(dlqPath)) await replay(logger, server, dlqPath);
    const found = {
      now,
      later: distinct(server) - now,
      rejected: rejectedCount(dlqPath),
      lost: 0,
      doubled: [...server.ids.values()].reduce((sum, { stored }) => sum + Math.max(stored - 1, 0), 0),
    };
    found.lost = RECORDS - found.now - found.later - found.rejected;
    const faults = [...server.faults, ...tornMessages(server.stored())];
    if (hasLetters(dlqPath)) faults.push(`still on disk: ${filesOf(dlqPath).join(' ')}`);
    if (row.code !== undefined && ended.code !== row.code) faults.push(`exit code ${ended.code}`);
    if (row.signal && ended.signal !== row.signal) faults.push(`ended with ${ended.signal ?? ended.code}`);
    const refusedAt = server.requests.find(({ count, isStored }) => count > 0 && !isStored)?.at ?? 0;
    const nextAt = server.requests.find(({ at }) => at > refusedAt)?.at ?? 0;
    if (row.atLeastMs && nextAt - refusedAt < row.atLeastMs) faults.push('came before Retry-After');
    await collector.post(server.stored());
    faults.push(...differences(found, row.expect === byThread ? byThread[logger] : (row.expect ?? all)));
    if (faults.length > 0 && ended.stderr !== '') faults.push(ended.stderr.trim().slice(0, 600));
    return { found, faults, ids: [...server.ids].filter(([, { stored }]) => stored > 0).map(([id]) => id) };
  } finally {
    await server.stop();
    rmSync(dlqPath, { recursive: true, force: true });
  }
}

function differences(found, expected) {
  if (expected === bounded) return found.doubled === 0 ? [] : ['doubled'];
  if (expected === sooner) {
    return found.lost === 0 && found.rejected === 0 && found.doubled <= RECORDS
      ? []
      : [`not as expected: ${JSON.stringify(found)}`];
  }
  const differs = Object.keys(expected).some((key) => expected[key] !== found[key]);
  return differs ? [`expected ${JSON.stringify(expected)}, got ${JSON.stringify(found)}`] : [];
}

/** Starts the program again, with nothing to log, until the disk is empty. */
async function replay(logger, server, dlqPath) {
  const app = startApp(logger, 0, 'stay', {}, server.url, dlqPath);
  await app.logged;
  // Should its first request fail, the gate asks again with a backoff.
  const until = performance.now() + HEAL_MS;
  while (hasLetters(dlqPath) && performance.now() < until) await sleep(20);
  app.tell();
  await app.ended;
}

function startApp(logger, records, end, options, endpoint, dlqPath) {
  const given = { flushInterval: 300, timeout: 4_000, closeTimeout: 3_000, ...options };
  const child = spawn(process.execPath, [PROGRAM, logger, String(records), end, JSON.stringify(given)], {
    env: { PATH: process.env.PATH, TRACEHUB_ENDPOINT: endpoint, TRACEHUB_DLQ_PATH: dlqPath },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (text) => (stderr += text));
  child.stdin.on('error', () => {});
  const late = setTimeout(() => child.kill('SIGKILL'), 50_000);
  const ended = once(child, 'close').then(([code, signal]) => {
    clearTimeout(late);
    return { code, signal, stderr };
  });
  return {
    logged: Promise.race([once(child.stdout, 'data'), ended]),
    ended,
    kill: (signal) => child.kill(signal),
    tell: () => child.stdin.write('end\n'),
  };
}

/** A collector with everything in memory. */
async function startCollector() {
  const program = fileURLToPath(new URL('../../packages/collector/dist/esm/cli.js', import.meta.url));
  const child = spawn(process.execPath, [program, '--port', '0', '--data-dir', 'memory'], {
    env: { PATH: process.env.PATH, TRACEHUB_DEV_KEY: 'th_table' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.on('exit', () => child.kill());
  let said = '';
  for await (const text of child.stdout) {
    said += text;
    if (/listening on \S+\s/.test(said)) break;
  }
  const [, url] = /listening on (\S+)/.exec(said);
  return {
    async post(entries) {
      if (entries.length === 0) return;
      const response = await fetch(`${url}/api/v1/ingest`, {
        method: 'POST',
        headers: { 'x-api-key': 'th_table' },
        body: JSON.stringify(entries),
      });
      const answer = await response.json();
      if (answer.accepted !== entries.length) throw new Error(`the collector says ${JSON.stringify(answer)}`);
    },
    async rows() {
      const rows = [];
      for (let cursor = ''; cursor !== null;) {
        const response = await fetch(`${url}/api/v1/logs?per_page=1000${cursor}`);
        const { logs, next_cursor: next } = await response.json();
        rows.push(...logs);
        cursor = next && `&cursor=${next}`;
      }
      return rows;
    },
  };
}

/** What is wrong with the rows that the collector has of all cells. */
function rowFaults(rows, cells) {
  const faults = [];
  const expected = cells.flatMap(({ ids }) => ids);
  const stored = new Set(rows.map(({ id }) => id));
  if (stored.size !== rows.length) faults.push(`${rows.length - stored.size} rows doubled`);
  if (rows.length !== expected.length) faults.push(`${rows.length} rows of ${expected.length} records`);
  const missing = expected.filter((id) => !stored.has(id));
  if (missing.length > 0) faults.push(`${missing.length} records without a row`);
  const torn = tornMessages(rows);
  if (torn.length > 0) faults.push(`not as they were logged: ${torn.slice(0, 3).join(', ')}`);
  return faults;
}

function distinct(server) {
  let count = 0;
  for (const { stored } of server.ids.values()) if (stored > 0) count++;
  return count;
}

/** Whether all records are with the server or in a file: a kill can take none any more. */
function isSafe(server, dlqPath) {
  const onDisk = filesOf(dlqPath)
    .filter((file) => /\.(seg|open)/.test(file))
    .reduce((sum, file) => sum + (readFileSync(file, 'utf8').match(/"record /g)?.length ?? 0), 0);
  return onDisk >= RECORDS || distinct(server) === RECORDS;
}

/** Messages that are not the ones logged: each has its checksum. */
function tornMessages(entries) {
  return entries
    .map(({ message }) => message)
    .filter((message) => {
      const [, text, sum] = /^(record \d+) ([0-9a-f]+)$/.exec(message) ?? [];
      return text === undefined || crc32(text).toString(16) !== sum;
    });
}

function filesOf(dlqPath, folder = '') {
  if (!existsSync(dlqPath)) return [];
  return readdirSync(dlqPath).flatMap((destination) => {
    const path = join(dlqPath, destination, folder);
    return existsSync(path) ? readdirSync(path).map((file) => join(path, file)) : [];
  });
}

function hasLetters(dlqPath) {
  return filesOf(dlqPath).some(
    (file) => /\.(seg|open)/.test(file) && statSync(file, { throwIfNoEntry: false })?.size > 0,
  );
}

function rejectedCount(dlqPath) {
  return filesOf(dlqPath, 'rejected').reduce(
    (sum, file) => sum + readFileSync(file, 'utf8').split('\n').length - 1,
    0,
  );
}

function cellText({ now, later, rejected, lost, doubled }) {
  const parts = [String(now)];
  if (later > 0) parts.push(`${later} at the next start`);
  if (rejected > 0) parts.push(`${rejected} kept as rejected`);
  if (lost > 0) parts.push(`**${lost} lost**`);
  if (doubled > 0) parts.push(`${doubled} doubled`);
  return now === 0 && parts.length > 1 ? parts.slice(1).join(', ') : parts.join(' + ');
}

const start = performance.now();
const wanted = process.argv[2] ?? '';
const rows = Object.entries(ROWS).filter(([name]) => name.includes(wanted));
const cells = rows.flatMap(([name, row]) => LOGGERS.map((logger) => ({ name, row, logger })));
// The long ones first.
const order = cells.toSorted(
  (a, b) => Number('plan' in b.row || 'downMs' in b.row) - Number('plan' in a.row || 'downMs' in a.row),
);
const results = new Map();
const next = order.values();
await Promise.all(
  Array.from({ length: PARALLEL }, async () => {
    for (const { name, row, logger } of next) results.set(`${name} ${logger}`, await runCell(logger, row));
  }),
);

console.log(`| ${RECORDS} records | ${LOGGERS.join(' | ')} |`);
console.log(`|---|${LOGGERS.map(() => '---|').join('')}`);
for (const [name] of rows) {
  console.log(
    `| ${name} | ${LOGGERS.map((logger) => cellText(results.get(`${name} ${logger}`).found)).join(' | ')} |`,
  );
}
const rowsStored = await collector.rows();
const collected = rowFaults(rowsStored, [...results.values()]);
const wrong = [...results].filter(([, { faults }]) => faults.length > 0);
if (collected.length > 0) wrong.push(['rows of the collector', { faults: collected }]);
for (const [cell, { faults }] of wrong) console.error(`\n${cell}:\n  ${faults.join('\n  ')}`);
console.error(
  `\n${cells.length} cells, ${rowsStored.length} rows in the collector, ${wrong.length} not as expected, ${Math.round((performance.now() - start) / 1_000)} s`,
);
process.exit(wrong.length > 0 ? 1 : 0);
