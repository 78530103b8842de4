// Three apps, three loggers, one collector. Ends with status 0 if every log call is in the collector exactly once.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startChild } from './child.mjs';
import { startCollector } from './collector.mjs';
import { sayAccounts, sayIssues, sayTrace } from './report.mjs';
import { isTerminal, paint, say, show } from './terminal.mjs';

/**
 * @typedef {import('./collector.mjs').Collector} Collector
 * @typedef {(typeof apps)[number]} App
 * @typedef {{ logged: number, stats: import('@tracehub/core-sender').Stats }} Run what an app reports at its end
 */

const apps = [
  { logger: 'pino', service: 'shop', status: 0, ending: 'ended by itself' },
  { logger: 'winston', service: 'mailer', status: 0, ending: 'called process.exit() right after a burst' },
  { logger: 'bunyan', service: 'warehouse', status: 1, ending: 'died of an uncaught error, as planned' },
];
const apiKey = 'th_demo';
/** The order that goes wrong in all three apps. */
const unluckyOrder = 'order-0060';

/** What Node prints when an error ends a process. The demo provokes one, and names it instead of showing it. */
const deathNotice = /^(?:file|node):.+:\d+\n[^]+?^Node\.js v.+\n/m;

const interrupt = new AbortController();
const { signal } = interrupt;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => interrupt.abort());

try {
  process.exitCode = (await demo()) ? 0 : 1;
} catch (error) {
  const isInterrupted = error instanceof Error && error.name === 'AbortError';
  say(isInterrupted ? 'interrupted' : paint('red', `✗ ${String(error)}`));
  process.exitCode = isInterrupted ? 130 : 1;
}

/** @returns whether everything arrived exactly once */
async function demo() {
  const start = performance.now();
  const directory = await mkdtemp(join(tmpdir(), 'tracehub-demo-'));
  try {
    show('starting the collector …');
    const collector = await startCollector(apiKey, signal);
    try {
      tick(`collector listens on ${collector.url}`);
      const accounts = await letAppsLog(collector, directory);
      await report(collector, accounts);
      const isComplete = verdict(accounts, performance.now() - start);
      if (process.argv.includes('--keep')) await untilInterrupted(collector.url);
      else say(`The collector was at ${collector.url}; with --keep it stays up.`);
      return isComplete;
    } catch (error) {
      // One app failed: the others are not to go on without a collector.
      interrupt.abort();
      throw error;
    } finally {
      await collector.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * Runs all apps at the same time and settles the account of each.
 * @param {Collector} collector
 * @param {string} directory for their dead letters
 */
async function letAppsLog(collector, directory) {
  const lives = apps.map((app) => {
    return live(app, { endpoint: collector.url, apiKey, dlqPath: join(directory, app.service) });
  });
  const runs = await watch(collector, Promise.all(lives));
  return await Promise.all(apps.map((app, index) => settle(collector, app, runs[index] ?? [])));
}

/**
 * Runs an app, and once more if it left something on disk.
 * @param {App} app
 * @param {{ endpoint: string, apiKey: string, dlqPath: string }} destination
 */
async function live(app, destination) {
  const first = await run(app, { ...destination, logged: 0, deadLetters: 0 }, app.status);
  const { deadLettered: deadLetters } = first.stats;
  const left = deadLetters > 0 ? `, ${deadLetters} still in memory are now on disk` : '';
  tick(`${app.service} (${app.logger}) ${app.ending}: ${first.logged} log calls${left}`);
  if (deadLetters === 0) return [first];

  const second = await run(app, { ...destination, logged: first.logged, deadLetters }, 0);
  tick(`${app.service} (${app.logger}) started again and sent ${second.stats.replayed} from disk`);
  return [first, second];
}

/**
 * @param {App} app
 * @param {object} order what the app is to do
 * @param {number} status with which it is to end
 * @returns {Promise<Run>}
 */
async function run(app, order, status) {
  const program = fileURLToPath(new URL(`apps/${app.logger}-app.mjs`, import.meta.url));
  const { code, stdout, stderr } = await startChild(program, { args: [JSON.stringify(order)], signal }).ended;
  signal.throwIfAborted();
  if (code !== status) throw new Error(`the ${app.service} app ended with status ${code}\n${stderr}`);
  const surprise = status === 0 ? stderr : stderr.replace(deathNotice, '');
  if (surprise !== '') say(surprise.trimEnd());
  return JSON.parse(stdout);
}

/**
 * Shows how many entries have arrived until `work` is done.
 * @template T
 * @param {Collector} collector
 * @param {Promise<T>} work
 */
async function watch(collector, work) {
  let isOver = !isTerminal;
  const over = work.finally(() => (isOver = true));
  // Its failure may come while the collector is being asked; it is thrown below.
  over.catch(() => {});
  while (!isOver) {
    const counts = await Promise.all(apps.map(({ service }) => collector.count(service)));
    const parts = apps.map(({ service }, index) => `${service} ${counts[index]}`);
    if (!isOver) show(`stored: ${parts.join(' · ')}`);
    await Promise.race([over, sleep(100)]);
  }
  return await over;
}

/**
 * Compares what an app logged with what the collector gives back, number by number.
 * @param {Collector} collector
 * @param {App} app
 * @param {Run[]} runs
 * @returns {Promise<import('./report.mjs').Account>}
 */
async function settle(collector, app, runs) {
  const sum = (/** @type {(run: Run) => number} */ value) =>
    runs.reduce((total, run) => total + value(run), 0);
  const logged = sum((run) => run.logged);
  const stored = await collector.logs({ service: app.service });
  const calls = new Set(Array.from({ length: logged }, (_, index) => index + 1));
  const found = stored.filter(({ extra }) => calls.delete(/** @type {number} */ (extra?.n))).length;
  return {
    logger: app.logger,
    service: app.service,
    logged,
    delivered: sum((run) => run.stats.delivered),
    replayed: sum((run) => run.stats.replayed),
    stored: stored.length,
    lost: logged - found,
    doubled: stored.length - found,
    requests: sum((run) => run.stats.requests),
    rawBytes: sum((run) => run.stats.rawBytes),
    wireBytes: sum((run) => run.stats.wireBytes),
  };
}

/**
 * @param {Collector} collector
 * @param {import('./report.mjs').Account[]} accounts
 */
async function report(collector, accounts) {
  heading('What became of every log call');
  sayAccounts(accounts);
  heading('Errors, grouped into issues');
  sayIssues(await collector.issues());
  heading(`One order through all three apps, by its trace id ${unluckyOrder}`);
  sayTrace(await collector.logs({ trace_id: unluckyOrder }));
  say();
}

/**
 * @param {import('./report.mjs').Account[]} accounts
 * @param {number} ms
 */
function verdict(accounts, ms) {
  const total = (/** @type {'logged' | 'lost' | 'doubled'} */ name) =>
    accounts.reduce((sum, account) => sum + account[name], 0);
  const logged = total('logged').toLocaleString('en');
  const lost = total('lost');
  const doubled = total('doubled');
  const isComplete = lost + doubled === 0;
  if (isComplete) {
    tick(`${logged} log calls, each of them in the collector exactly once. ${(ms / 1000).toFixed(1)} s`);
  } else {
    say(paint('red', `✗ of ${logged} log calls ${lost} were lost, and ${doubled} entries are too many`));
  }
  return isComplete;
}

/** @param {string} url */
async function untilInterrupted(url) {
  say(`The collector stays up at ${url} until Ctrl-C. Try:`);
  say(`  curl '${url}/api/v1/issues?per_page=3'`);
  say(`  curl '${url}/api/v1/logs?level=ERROR&q=order&per_page=3'`);
  // A signal handler alone does not keep a process alive.
  await sleep(2 ** 31 - 1, undefined, { signal }).catch(() => {});
}

/** @param {string} text */
function tick(text) {
  say(`${paint('green', '✓')} ${text}`);
}

/** @param {string} text */
function heading(text) {
  say();
  say(paint('bold', text));
}
