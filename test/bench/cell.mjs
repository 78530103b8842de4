import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { addRecordsOnDisk } from './records-on-disk.mjs';
import { WARM_UP } from './measures/warm-up.mjs';
import { findSubject } from './subjects/index.mjs';

/**
 * What a cell gives, as far as its measure has it.
 * @typedef {{
 *   perSecond?: number, delivered?: number, safe?: number, bytesPerRecord?: number, callNs?: number, mainUs?: number,
 *   cpuUs?: number, peakRssMiB?: number, delayP99Ms?: number, delayMaxMs?: number, rssGrowthMiB?: number,
 *   loadMs?: number, toUndici?: number, httpModules?: number, fault?: string
 * }} Values
 *   toUndici: loadMs over what undici takes, in the same process
 *   delivered: share of the records that came to the server; safe: share that came or lie on disk
 */

const program = fileURLToPath(new URL('app.mjs', import.meta.url));
const loopbackOnly = fileURLToPath(new URL('loopback-only.cjs', import.meta.url));
/** Nobody listens there. */
const DOWN = 'http://127.0.0.1:9';
const LIMIT_MS = 60_000;
const POLL_MS = 50;
/** After so long without a new record the server has got what it will get: longer than any peer's timer. */
const QUIET_MS = 5_500;
/** For what a transport does after the last record has come, and where none ever comes. */
const REST_MS = 300;
const UNANSWERED_REST_MS = 1_000;
/** How long after the last record the server comes back. */
const OUTAGE_MS = 1_000;

/** How each measure is run: its program in `measures/`, the server's part, whether buffers hold the whole burst. */
export const MEASURES = {
  burst: { program: 'burst', server: 'ok', isRoomy: true },
  'burst as installed': { program: 'burst', server: 'ok' },
  paced: { program: 'paced', server: 'ok' },
  'paced, server hung': { program: 'paced', server: 'hang' },
  'paced, server down': { program: 'paced', server: 'down' },
  'process.exit': { program: 'exit', server: 'ok' },
  close: { program: 'close', server: 'ok' },
  outage: { program: 'close', server: 'refuse' },
  'dead server': { program: 'close', server: 'down' },
  flood: { program: 'flood', server: 'down' },
  load: { program: 'load', server: 'ok' },
};

/**
 * Runs one measure of one subject, in a process of its own.
 * @param {import('./sink-client.mjs').Sink} sink
 * @param {string} subject @param {keyof typeof MEASURES} measure
 * @param {{ count?: number, rate?: number, warmUp?: number }} size
 * @returns {Promise<Values>}
 */
export async function runCell(sink, subject, measure, size) {
  const { program: name, server, isRoomy = false } = MEASURES[measure];
  const ships = findSubject(subject).kind !== 'floor' && size.count > 0;
  const dlqPath = mkdtempSync(join(tmpdir(), 'tracehub-bench-'));
  const isDown = server === 'down';
  await sink.start(isDown ? 'ok' : server);
  const endpoint = isDown ? DOWN : sink.url;
  const app = startApp({ ...size, subject, measure: name, endpoint, dlqPath, isRoomy });
  try {
    if (name === 'burst') {
      await app.reached('isLogged');
      await (ships ? untilDelivered(sink, size.count, app) : app.reached('isClosed'));
      await sleep(REST_MS);
      app.tell();
    }
    if (name === 'paced') {
      const isAnswered = ships && server === 'ok';
      await app.reached('isWarm');
      if (isAnswered) await untilDelivered(sink, size.warmUp ?? WARM_UP, app, 'warmUps');
      app.tell();
      await app.reached('isHalfLogged');
      if (isAnswered) await untilDelivered(sink, size.count / 2, app);
      await sleep(isAnswered ? REST_MS : UNANSWERED_REST_MS);
      app.tell();
    }
    if (server === 'refuse') {
      await app.reached('isLogged');
      await sleep(OUTAGE_MS);
      await sink.turn('ok');
    }
    const fault = await app.end();
    const values =
      ships && app.reported.isLogged ? await delivery(sink, dlqPath, size.count, app.reported) : {};
    return { ...app.reported, ...values, ...(fault ? { fault } : {}) };
  } finally {
    rmSync(dlqPath, { recursive: true, force: true });
  }
}

function startApp(job) {
  const child = spawn(process.execPath, ['--require', loopbackOnly, program, JSON.stringify(job)], {
    env: { PATH: process.env.PATH, HOME: job.dlqPath },
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (text) => (stderr = (stderr + text).slice(0, 20_000)));
  child.stdin.on('error', () => {});
  const late = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  const ended = once(child, 'close').finally(() => clearTimeout(late));
  const reported = {};
  const lines = createInterface({ input: child.stdio[3] });
  lines.on('line', (line) => {
    Object.assign(reported, JSON.parse(line));
    // What comes after is of no interest, and may take its time.
    if (reported.isMeasured) child.kill('SIGKILL');
  });
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  return {
    reported,
    isOver,
    /** Resolves when the app has said so, or has ended. @param {string} word */
    async reached(word) {
      while (!reported[word] && !isOver()) await Promise.race([once(lines, 'line'), ended]);
    },
    /** The server has got what it will get. */
    tell: () => child.stdin.write('told\n'),
    /** @returns {Promise<string | undefined>} what was wrong with the app, once it has ended */
    async end() {
      const [code, signal] = await ended;
      const leak = /^bench: refused a connection.*$/m.exec(stderr);
      if (leak) return leak[0];
      if (code === 0 || reported.isMeasured) return undefined;
      const reason = /^[\w$]*Error\b.*$/m.exec(stderr)?.[0].slice(0, 160);
      return `ended with ${signal ?? code}${reason ? `: ${reason}` : ''}`;
    },
  };
}

/** Waits until every record has come, or none has for long. */
async function untilDelivered(sink, count, app, what = 'records') {
  let come = 0;
  let since = performance.now();
  while (come < count && performance.now() - since < QUIET_MS && !app.isOver()) {
    await sleep(POLL_MS);
    const seen = await sink.seen();
    if (seen[what] > come) since = performance.now();
    come = seen[what];
  }
}

async function delivery(sink, dlqPath, count, { startedAt, cpuUs }) {
  const seen = await sink.seen();
  if (seen.unknown.length > 0) throw new Error(`the sink does not know ${seen.unknown[0]}`);
  const arrived = await sink.arrived(count);
  addRecordsOnDisk(dlqPath, arrived);
  const delivered = seen.records / count;
  return {
    delivered,
    safe: arrived.reduce((sum, one) => sum + one, 0) / count,
    perSecond: seen.records / ((seen.lastAt - startedAt) / 1e9),
    bytesPerRecord: seen.bytes / seen.records,
    // What is not shipped costs nothing.
    cpuUs: cpuUs / (delivered || 1),
  };
}
