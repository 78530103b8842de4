// The shop of test/examples/shop, one collector: three services, three loggers, real orders over HTTP. Two of the
// services end badly. Ends with status 0 if every log call is in the collector exactly once.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCollector } from './collector.mjs';
import { traceIdOf } from './orders.mjs';
import { sayAccounts, sayIssues, sayTrace } from './report.mjs';
import { placeOrders, services, startService } from './shop.mjs';
import { isTerminal, paint, say, show } from './terminal.mjs';

/**
 * @typedef {import('./collector.mjs').Collector} Collector
 * @typedef {import('./shop.mjs').Run} Run
 * @typedef {(typeof services)[number]} Service
 */

const apiKey = 'th_demo';
const orderCount = 240;
/** The order that goes wrong in all three services. */
const unluckyOrder = traceIdOf(60);

const interrupt = new AbortController();
const { signal } = interrupt;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => interrupt.abort());
// Whoever read is gone, as `head` is after its lines: the children are not to outlive that.
process.stdout.on('error', () => interrupt.abort());

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
      const accounts = await letServicesWork(collector, directory);
      await report(collector, accounts);
      const isComplete = verdict(accounts, performance.now() - start);
      if (process.argv.includes('--keep')) await untilInterrupted(collector.url);
      else say(`The collector was at ${collector.url}; with --keep it stays up.`);
      return isComplete;
    } catch (error) {
      // One service failed: the others are not to go on without a collector.
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
 * Runs the services, has each come to its end, and settles its account.
 * @param {Collector} collector
 * @param {string} directory for their dead letters
 */
async function letServicesWork(collector, directory) {
  const runs = await watch(collector, runServices(collector, directory));
  return await Promise.all(services.map((service, index) => settle(collector, service, runs[index] ?? [])));
}

/**
 * @param {Collector} collector
 * @param {string} directory
 * @returns {Promise<Run[][]>} the runs of each service
 */
async function runServices(collector, directory) {
  /** @param {Service} service @param {number} status @param {Record<string, string>} [addresses] */
  const start = ({ service }, status, addresses) => {
    const env = {
      TRACEHUB_ENDPOINT: collector.url,
      TRACEHUB_API_KEY: apiKey,
      TRACEHUB_ENVIRONMENT: 'demo',
      TRACEHUB_DLQ_PATH: join(directory, service),
      ...addresses,
    };
    return startService(service, { env, signal, status });
  };
  const [shop, mailer, warehouse] = services;
  const mailing = start(mailer, mailer.status);
  const picking = start(warehouse, warehouse.status);
  const addresses = { MAILER_URL: await mailing.url, WAREHOUSE_URL: await picking.url };
  const selling = start(shop, shop.status, addresses);

  await placeOrders(await selling.url, orderCount, signal);
  tick(`the shop took ${orderCount} orders, and had the warehouse and the mailer work on each`);
  selling.kill('SIGTERM');
  await fetch(`${addresses.MAILER_URL}/newsletter`, { method: 'POST', signal });
  mailing.kill('SIGINT');
  await fetch(`${addresses.WAREHOUSE_URL}/stocktaking`, { method: 'POST', signal });

  return await Promise.all([
    liveOn(collector, shop, selling, start),
    liveOn(collector, mailer, mailing, start),
    liveOn(collector, warehouse, picking, start),
  ]);
}

/**
 * Waits for the end of a service, and starts it once more if it left something on disk.
 * @param {Collector} collector
 * @param {Service} service
 * @param {ReturnType<typeof startService>} started
 * @param {(service: Service, status: number) => ReturnType<typeof startService>} start
 */
async function liveOn(collector, service, started, start) {
  const name = `${service.service} (${service.logger})`;
  const first = await runOf(started);
  const logged = first.lines.length;
  const { deadLettered } = first.stats;
  const left = deadLettered > 0 ? `, ${deadLettered} still in memory are now on disk` : '';
  tick(`${name} ${service.ending}: ${logged} log calls${left}`);
  if (deadLettered === 0) return [first];

  const restarted = start(service, 0);
  await restarted.url;
  // Nobody asks it to send what waits: it does when it starts.
  for (let ms = 0; ms < 10_000 && (await collector.count(service.service)) < logged; ms += 20)
    await sleep(20);
  restarted.kill('SIGTERM');
  const second = await runOf(restarted);
  tick(`${name} started again and sent ${second.stats.replayed} from disk`);
  return [first, second];
}

/** @param {ReturnType<typeof startService>} started @returns {Promise<Run>} */
async function runOf(started) {
  const { surprise, ...run } = await started.run();
  if (surprise !== '') say(surprise.trimEnd());
  return run;
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
    const counts = await Promise.all(services.map(({ service }) => collector.count(service)));
    const parts = services.map(({ service }, index) => `${service} ${counts[index]}`);
    if (!isOver) show(`stored: ${parts.join(' · ')}`);
    await Promise.race([over, sleep(100)]);
  }
  return await over;
}

/**
 * Compares what a service logged, by the lines on its stdout, with what the collector gives back, call by call.
 * @param {Collector} collector
 * @param {Service} service
 * @param {Run[]} runs
 * @returns {Promise<import('./report.mjs').Account>}
 */
async function settle(collector, { service, logger }, runs) {
  const sum = (/** @type {(run: Run) => number} */ value) =>
    runs.reduce((total, run) => total + value(run), 0);
  const logged = sum((run) => run.lines.length);
  const stored = await collector.logs({ service });
  /** @type {Map<string, number>} how often each is still to be found */
  const calls = new Map();
  const add = (/** @type {string} */ key, /** @type {number} */ by) =>
    calls.set(key, (calls.get(key) ?? 0) + by);
  for (const { lines } of runs) for (const { time, message } of lines) add(`${time} ${message}`, 1);
  for (const { timestamp, message } of stored) add(`${Date.parse(timestamp)} ${message}`, -1);
  const differences = [...calls.values()];
  return {
    logger,
    service,
    logged,
    delivered: sum((run) => run.stats.delivered),
    replayed: sum((run) => run.stats.replayed),
    stored: stored.length,
    lost: differences.reduce((total, difference) => total + Math.max(0, difference), 0),
    doubled: differences.reduce((total, difference) => total + Math.max(0, -difference), 0),
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
  heading(`One order through all three services, by its trace id ${unluckyOrder}`);
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
  say(`  ${url}/traces/${unluckyOrder}   in a browser`);
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
