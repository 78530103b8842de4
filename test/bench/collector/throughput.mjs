/*
 * Entries per second through the collector, accepted and stored, embedded and through RabbitMQ into PostgreSQL, with
 * the load generator on the same machine. `--entries N` (default 150,000), `--connections N` (4).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startPrivatePostgres } from '../../kit/servers/private-postgres.mjs';
import { startPrivateRabbit } from '../../kit/servers/private-rabbitmq.mjs';
import { startCollector, startLoad } from './processes.mjs';

const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '150000' },
    connections: { type: 'string', default: '4' },
    only: { type: 'string', default: '' },
  },
});
const entries = Number(values.entries);

// As docs/operations.md advises; everything that makes a commit durable stays as it is.
const postgres = startPrivatePostgres(['shared_buffers=1GB', 'max_wal_size=4GB']);
const rabbit = await startPrivateRabbit();
let made = 0;

/** How the collector is set up: its processes, the one to post to first. */
const setUps = {
  embedded: async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'tracehub-bench-'));
    const all = await startCollector(['--data-dir', dataDir]);
    return { api: all, worker: all, remove: () => rmSync(dataDir, { recursive: true }) };
  },
  'RabbitMQ + PostgreSQL': async () => {
    const urls = [
      '--database-url',
      postgres.createDatabase(`bench_${(made += 1)}`),
      '--amqp-url',
      rabbit.nextUrl(),
    ];
    const worker = await startCollector(['--role', 'worker', ...urls]);
    const api = await startCollector(['--role', 'api', ...urls]);
    return { api, worker, remove: () => {} };
  },
};

async function measure(name, batchSize) {
  const load = Number(loadavg()[0].toFixed(1));
  const { api, worker, remove } = await setUps[name]();
  const run = await startLoad(api.url, entries, batchSize, Number(values.connections));
  const before = { api: api.cpu(), worker: worker.cpu() };
  const memory = [];
  const watching = setInterval(() => memory.push(Math.max(api.memory(), worker.memory())), 250);
  const start = performance.now();
  const accepted = run();
  let stored = 0;
  while (stored < entries) {
    // Often enough for a run of seconds; each look costs the worker some milliseconds.
    await setTimeout(200);
    stored = await worker.count('entries_stored_total');
  }
  const storedSeconds = (performance.now() - start) / 1000;
  clearInterval(watching);
  const { seconds, p50, p99 } = await accepted;
  const half = Math.floor(memory.length / 2);
  const row = {
    set_up: name,
    batch: batchSize,
    'load before': load,
    'accepted/s': Math.round(entries / seconds),
    'stored/s': Math.round(entries / storedSeconds),
    'p50 ms': Math.round(p50),
    'p99 ms': Math.round(p99),
    'MiB 1st half': Math.round(Math.max(...memory.slice(0, half))),
    'MiB 2nd half': Math.round(Math.max(...memory.slice(half))),
    'API µs/entry': Math.round(((api.cpu() - before.api) * 1e6) / entries),
    'worker µs/entry': Math.round(((worker.cpu() - before.worker) * 1e6) / entries),
  };
  await api.stop();
  if (worker !== api) await worker.stop();
  remove();
  return row;
}

try {
  const rows = [];
  for (const name of Object.keys(setUps)) {
    if (!name.includes(values.only)) continue;
    for (const batchSize of [50, 500]) rows.push(await measure(name, batchSize));
  }
  console.log(`${entries} entries a row, Node ${process.version}, ${cpus().length} × ${cpus()[0].model}`);
  console.table(rows);
} finally {
  postgres.remove();
  await rabbit.remove();
}
