// Fails the nth call a flow makes to the file system, for n = 1, 2, 3 … until the flow ends without meeting it.
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { IDENTITY, PROFILE, createSender } from './core-sender.mjs';
import { FLOWS } from './fault-flows.mjs';
import { hookFileSystem } from './fs-hook.mjs';
import { numberedRecord } from './numbered.mjs';
import { startModalServer } from './modal-server.mjs';
import { fastClock } from './fast-clock.mjs';

// `most: 0` runs the flow once without a fault.
const { flow: flowName, full, width = 8, most = 200 } = JSON.parse(process.argv[2]);
const flow = FLOWS[flowName];

/** Each with `once` and for ever. `short` is no failure to the caller: it is to go on with the rest. */
const FAULTS = [
  { error: 'ENOSPC' },
  { error: 'ENOSPC', stump: true },
  { error: 'EIO' },
  { error: 'EACCES' },
  { error: 'EMFILE' },
  { error: 'EROFS' },
  { short: true },
];
/** Many times what any flow makes. */
const MOST_CALLS = 20_000;

const unhandled = [];
process.on('unhandledRejection', (reason) => unhandled.push(String(reason?.stack ?? reason)));
process.on('uncaughtException', (error) => unhandled.push(String(error.stack)));

const root = fs.mkdtempSync(join(tmpdir(), 'tracehub-test-sweep-'));
const server = await startModalServer();

/** Runs the flow with one fault; gives how many calls it made, and what is wrong. */
async function run(n, fault, isOnce) {
  const faults = [];
  const id = randomUUID().slice(0, 8);
  let dlqPath = join(root, id);
  fs.mkdirSync(dlqPath);
  const sent = new Map();
  const make = (options, clock = fastClock()) =>
    createSender(
      {
        ...IDENTITY,
        endpoint: server.at(id),
        dlqPath,
        batchSize: 10,
        maxBatchEntries: 10,
        maxRetries: 0,
        closeTimeout: 8_000,
        timeout: 2_000_000,
        ...options,
      },
      PROFILE,
      { clock, random: () => 0.5 },
    );
  const log = (sender, life, count) => {
    const start = sent.get(life) ?? 0;
    for (let i = 1; i <= count; i++) sender.send(numberedRecord(`${id}:${life}`, start + i));
    sent.set(life, start + count);
  };
  const stage = { server, id, dlqPath, log, make, sleep, until };
  await flow.prepare?.(stage);

  let calls = 0;
  let met;
  const unhook = hookFileSystem(dlqPath, (call) => {
    calls++;
    // Failures here come without a turn of the event loop: a loop of retries would be silent and without end.
    if (calls > MOST_CALLS)
      stopTheSweep(
        `call ${n} ${JSON.stringify(fault)} ${isOnce ? 'once' : 'for ever'}: ${call.name} of ${call.path} over and over`,
      );
    if (calls < n || (isOnce && calls > n)) return undefined;
    if (fault.short && call.name !== 'write') return undefined;
    // Reading meets neither a full disk nor a read-only one.
    if (/^(lstat|readFile)$/.test(call.name) && /ENOSPC|EROFS/.test(fault.error)) return undefined;
    met ??= `${call.name} ${call.path.replace(/.*\./, '.')}`;
    return fault;
  });
  const clock = fastClock();
  const sender = make(flow.options ?? {}, clock);
  const check = () => {
    const s = sender.stats();
    const sum = s.delivered + s.deadLettered + s.dropped + s.pending;
    if (s.accepted !== sum || Math.min(s.pending, s.deadLettered) < 0)
      faults.push(`does not balance: ${JSON.stringify(s)}`);
  };
  try {
    await flow.run({ ...stage, sender, check });
    if (isOnce && met && flow.isOpenAtEnd !== false) await laterWorks({ ...stage, sender, faults });
    check();
    if (flow.isOpenAtEnd !== false) await sender.close();
    check();
  } catch (error) {
    faults.push(`threw ${error.stack}`);
  }
  unhook();
  const stats = sender.stats();
  if (stats.pending !== 0) faults.push(`${stats.pending} pending after close`);

  // The next start, with a disk and a server that work.
  clock.stop();
  dlqPath = join(root, `${id}-next`);
  // What the first sender, dead by now, still does in this living process no longer reaches the directory.
  fs.renameSync(join(root, id), dlqPath);
  server.set(id, 'up');
  endLeases(dlqPath);
  const next = make({});
  await until(() => segmentsIn(dlqPath).length === 0, 4_000);
  await next.close();
  const left = segmentsIn(dlqPath);
  if (left.length > 0) faults.push(`left: ${left.join(', ')}`);
  const lost = [];
  for (const [life, count] of sent) {
    const have = server.numbers(`${id}:${life}`);
    const kept = keptIn(dlqPath, 'rejected', `${id}:${life}`);
    // Only what cannot be read may be set aside for good; a file that could not be opened just now can.
    if (fault.error === 'EIO') for (const i of keptIn(dlqPath, 'quarantine', `${id}:${life}`)) kept.add(i);
    // An append that is taken back leaves nothing that would be sent a second time.
    if (flow.isUnique && isOnce) {
      const doubles = [...have].filter(([, times]) => times > 1);
      if (doubles.length > 0 && fault.stump) faults.push(`${doubles.length} entries came twice`);
    }
    for (let i = 1; i <= count; i++) if (!have.has(i) && !kept.has(i)) lost.push(`${life} ${i}`);
  }
  const ghost = stats.dropped - lost.length;
  if (ghost < 0)
    faults.push(`${lost.length} lost, ${stats.dropped} counted as dropped: ${lost.slice(0, 20).join(', ')}`);
  server.forget(id);
  globalThis[Symbol.for('tracehub.exit-hooks')]?.hooks.delete(sender);
  for (const path of [dlqPath, join(root, id)]) fs.rmSync(path, { recursive: true, force: true });
  return { calls, met, faults, ghost };
}

function stopTheSweep(problem) {
  console.log(
    `swept ${JSON.stringify({ runs, calls: 0, ghosts, problems: [...problems, problem], unhandled })}`,
  );
  process.exit(1);
}

/** After one failure and its quiet minute the disk is used again. */
async function laterWorks({ sender, server: { set }, id, log, until: wait, faults }) {
  set(id, 'down');
  // On a busy machine the sender may hear of its failure only now: the first minute does not count from here then.
  for (let minute = 0; minute < 3; minute++) {
    // The minute after a refusal, on the fast clock.
    await sleep(130);
    const before = sender.stats().deadLettered;
    log(sender, 'later', 20);
    void sender.flush();
    if (await wait(() => sender.stats().deadLettered >= before + 20, 1_500)) return;
  }
  faults.push(`later entries do not reach the disk: ${JSON.stringify(sender.stats())}`);
}

async function until(ask, ms) {
  const end = performance.now() + ms;
  while (!ask()) {
    if (performance.now() > end) return false;
    await sleep(4);
  }
  return true;
}

/** This process lives on: that the first sender is dead is told by its lease being gone, if it could not remove it. */
function endLeases(dlqPath) {
  for (const destination of fs.readdirSync(dlqPath)) {
    for (const file of fs.readdirSync(join(dlqPath, destination)).filter((name) => name.endsWith('.lease'))) {
      fs.rmSync(join(dlqPath, destination, file));
    }
  }
}

function segmentsIn(dlqPath) {
  return fs
    .readdirSync(dlqPath)
    .flatMap((destination) =>
      fs.readdirSync(join(dlqPath, destination)).filter((file) => /\.(open|seg)/.test(file)),
    );
}

function keptIn(dlqPath, folder, life) {
  const found = new Set();
  for (const destination of fs.readdirSync(dlqPath)) {
    const directory = join(dlqPath, destination, folder);
    if (!fs.existsSync(directory)) continue;
    for (const file of fs.readdirSync(directory)) {
      for (const line of fs.readFileSync(join(directory, file), 'utf8').split('\n')) {
        const [, name, n] = /"message":"(\S+) (\d+) /.exec(line) ?? [];
        if (name === life) found.add(Number(n));
      }
    }
  }
  return found;
}

const problems = [];
let runs = 0;
const ghosts = {};
const jobs = [];
// What is loaded with the first request takes longer than a flow waits.
await run(Infinity, {}, true);
const { calls, faults } = await run(Infinity, {}, true);
for (const text of faults) problems.push(`without a fault: ${text}`);
for (let n = 1; n <= Math.min(calls + 5, most); n++) {
  for (const [index, fault] of FAULTS.entries()) {
    for (const isOnce of [true, false]) {
      // CI takes the faults in turn over n; at full size every call meets every one. Half-done writes are the ones that
      // leave most behind.
      if (full || (n + index) % FAULTS.length === 0 || (fault.stump && isOnce))
        jobs.push({ n, fault, isOnce });
    }
  }
}
await Promise.all(
  Array.from({ length: width }, async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      const { n, fault, isOnce } = job;
      const result = await Promise.race([
        run(n, fault, isOnce),
        sleep(20_000, { faults: ['did not end within 20 s'], met: 'unknown' }, { ref: false }),
      ]);
      runs++;
      if (result.ghost > 0) ghosts[result.met] = (ghosts[result.met] ?? 0) + 1;
      const name = `call ${n} (${result.met ?? 'not met'}) ${JSON.stringify(fault)} ${isOnce ? 'once' : 'for ever'}`;
      for (const text of result.faults) problems.push(`${name}: ${text}`);
    }
  }),
);
server.close();
fs.rmSync(root, { recursive: true, force: true });
console.log(`swept ${JSON.stringify({ runs, calls, ghosts, problems, unhandled })}`);
process.exit(0);
