// How long searches take over a million entries, in the embedded database and in PostgreSQL, through the API.
//   node test/bench/collector/search.mjs [--rows 1000000] [--only pglite|postgres] [--times 40] [--keep]
// PostgreSQL: a server of its own, or the one at --database-url, in which a database is made and dropped again. With
// --keep the embedded database, and that at --database-url, stay and are used again.
import { rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPrivatePostgres } from '../../kit/servers/private-postgres.mjs';
import { entries } from './search-entries.mjs';
import { searches } from './searches.mjs';

const dist = '../../../packages/collector/dist/esm';
const { openPGlite } = await import(`${dist}/store/pglite.js`);
const { openPostgres } = await import(`${dist}/store/postgres.js`);
const { migrate } = await import(`${dist}/store/migrate.js`);
const { LogStore } = await import(`${dist}/store/log-store.js`);
const { rowToLine } = await import(`${dist}/store/copy-line.js`);
const { toBatches } = await import(`${dist}/store/row-batch.js`);
const { KeyStore } = await import(`${dist}/keys/key-store.js`);
const { ReadAccess } = await import(`${dist}/read/read-access.js`);
const { createServer } = await import(`${dist}/server.js`);
const { Warnings } = await import(`${dist}/warnings.js`);

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    times: { type: 'string', default: '40' },
    only: { type: 'string' },
    keep: { type: 'boolean', default: false },
    'database-url': { type: 'string' },
  },
});
const rows = Number(options.rows);
const times = Number(options.times);

/** The goal: the 95th percentile of each search, ms. */
const goal = 100;

const name = 'tracehub_bench_search';
const directory = join(tmpdir(), name);
const engines = {
  async pglite() {
    const drop = () => rmSync(directory, { recursive: true, force: true });
    if (!options.keep) drop();
    return { database: await openPGlite(directory), remove: () => options.keep || drop() };
  },
  async postgres() {
    if (options['database-url'] === undefined) {
      // As docs/operations.md advises.
      const server = startPrivatePostgres(['shared_buffers=1GB', 'max_wal_size=4GB']);
      return { database: await openPostgres(server.createDatabase(name)), remove: () => server.remove() };
    }
    const drop = () => administer(`drop database if exists ${name}`);
    if (!options.keep) await drop();
    await administer(`create database ${name}`).catch((error) => {
      if (!/already exists/.test(error.message)) throw error;
    });
    const url = new URL(options['database-url']);
    url.pathname = `/${name}`;
    return { database: await openPostgres(url.href), remove: () => options.keep || drop() };
  },
};

async function administer(statement) {
  const database = await openPostgres(options['database-url']);
  try {
    await database.query(statement);
  } finally {
    await database.close();
  }
}

async function fill(database) {
  await migrate(database);
  const [{ count }] = await database.query('select count(*)::int as count from logs');
  if (count === rows) return;
  if (count > 0) throw new Error(`${name} holds ${count} entries: run without --keep first`);
  const store = new LogStore(database);
  const begin = performance.now();
  let stored = 0;
  const received = new Date().toISOString();
  for (const group of entries(rows, 1000)) {
    const batches = toBatches(group.map((row) => rowToLine(row, received)));
    stored += (await store.store(batches)).stored;
  }
  const seconds = (performance.now() - begin) / 1000;
  if (stored !== rows) throw new Error(`${stored} of ${rows} entries were stored`);
  console.log(`stored ${rows} entries, ${Math.round(rows / seconds)}/s`);
}

async function measure(engine) {
  const { database, remove } = await engines[engine]();
  try {
    await fill(database);
    // What autovacuum does on a server that has it on.
    if (engine === 'postgres') await database.run('vacuum analyze logs');
    const keys = new KeyStore(database);
    const project = await keys.ensureProject('default');
    if (project !== 1) throw new Error(`the project is ${project}`);
    const tokens = { findProject: async () => undefined };
    const access = new ReadAccess({ tokens, defaultProject: project, readToken: undefined });
    const server = await createServer({ health: {}, read: { database, access, warnings: new Warnings() } });
    const url = await server.listen({ host: '127.0.0.1', port: 0 });
    const missed = await run(url);
    await server.close();
    return missed;
  } finally {
    await database.close();
    await remove();
  }
}

async function run(url) {
  const results = [];
  for (const { name: search, path } of await searches(url, rows)) {
    const spent = [];
    let found = 0;
    for (let time = 0; time < times + 3; time += 1) {
      const target = url + (await path());
      const begin = performance.now();
      const response = await fetch(target);
      const body = await response.json();
      const milliseconds = performance.now() - begin;
      if (response.status !== 200) throw new Error(`${target}: ${response.status} ${JSON.stringify(body)}`);
      // The first ones fill caches and open connections.
      if (time < 3) continue;
      spent.push(milliseconds);
      found += (body.logs ?? body.issues ?? body.samples ?? body.buckets ?? [0]).length;
    }
    spent.sort((a, b) => a - b);
    const at = (share) => spent[Math.min(spent.length - 1, Math.floor(spent.length * share))];
    results.push({
      search,
      'rows shown': Math.round(found / times),
      'p50 ms': Number(at(0.5).toFixed(1)),
      'p95 ms': Number(at(0.95).toFixed(1)),
      'max ms': Number(at(1).toFixed(1)),
    });
    console.log(JSON.stringify(results.at(-1)));
  }
  console.table(results);
  return results.filter((result) => result['p95 ms'] > goal).map(({ search }) => search);
}

let isMissed = false;
for (const engine of options.only === undefined ? Object.keys(engines) : [options.only]) {
  const machine = `Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}`;
  console.log(`\n${engine}, ${rows} entries, each search ${times} times, one after another; ${machine}`);
  const missed = await measure(engine);
  if (missed.length > 0) {
    isMissed = true;
    console.log(`over ${goal} ms at p95: ${missed.join(', ')}`);
  }
}
process.exitCode = isMissed ? 1 : 0;
