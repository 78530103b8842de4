// An app with `worker: true` whose worker cannot start, or dies, as it is told. Says its warnings, receipts and counts.
import Module, { syncBuiltinESMExports } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import threads from 'node:worker_threads';
import { createSender } from '../../dist/esm/index.js';

const { fault, leave, count, options } = JSON.parse(process.argv[2]);
const { Worker } = threads;
const workers = [];

/** Changes what workers are made with. */
function makeWorkersWith(change) {
  threads.Worker = class extends Worker {
    constructor(file, given) {
      super(file, change(given));
      workers.push(this);
    }
  };
  syncBuiltinESMExports();
}

function hide(name) {
  const { _resolveFilename: resolve } = Module;
  Module._resolveFilename = function hiding(request, ...rest) {
    if (request !== name) return resolve.call(this, request, ...rest);
    throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' });
  };
}

const faults = {
  none: () => makeWorkersWith((given) => given),
  'no thread-stream': () => hide('thread-stream'),
  'no file': () => hide('@tracehub/core-sender/sender-thread'),
  'a file that cannot be loaded': () =>
    makeWorkersWith((given) => ({
      ...given,
      workerData: { ...given.workerData, filename: 'file:///nowhere/sender-thread.js' },
    })),
  'lines of another version': () =>
    makeWorkersWith((given) => {
      const data = { ...given.workerData.workerData, format: 'of tomorrow' };
      return { ...given, workerData: { ...given.workerData, workerData: data } };
    }),
  'little memory': () =>
    makeWorkersWith((given) => ({
      ...given,
      resourceLimits: { maxOldGenerationSizeMb: 40 },
      execArgv: ['--require', fileURLToPath(new URL('eat-memory.cjs', import.meta.url))],
    })),
};
faults[fault]();

const warnings = [];
process.on('warning', ({ code, message }) => warnings.push(`${code}: ${message}`));
const sender = createSender({ worker: true, ...options }, { sdkVersion: 'test/1.0.0' });
let n = 0;
const log = (times) => {
  for (let i = 0; i < times; i++) sender.send({ level: 'INFO', message: `entry ${++n}`, fields: { n } });
};
const say = (words) =>
  process.stdout.write(`${JSON.stringify({ ...words, warnings, stats: sender.stats() })}\n`);

const ways = {
  async close() {
    log(count);
    const flushed = await sender.flush();
    log(count);
    const closed = await sender.close();
    say({ flushed, closed, again: await sender.close() });
  },
  exit() {
    log(count);
    process.exit(3);
  },
  async 'worker terminated'() {
    log(count);
    const flushed = await sender.flush();
    log(count);
    // Not yet handed over: they go with the worker.
    await workers[0].terminate();
    await sleep(20);
    log(count);
    say({ flushed, closed: await sender.close() });
  },
  async 'worker out of memory'() {
    log(count);
    const flushed = await sender.flush();
    log(count);
    workers[0].postMessage('eat');
    // Nothing else holds the process.
    while (warnings.length === 0) await sleep(20);
    log(count);
    say({ flushed, closed: await sender.close() });
  },
};
await ways[leave]();
