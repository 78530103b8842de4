// Plants bugs in a copy of the built core-sender, one by one, and runs for each the lane that must catch it. Prints
// a table; ends with 1 when a bug survives. The tree itself is not touched.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const original = join(root, 'packages/core-sender');

/** A flow of the fault sweep, as it is or with its faults; or a test by its file and a part of its name. */
const clean = (flow) => ({ lane: `fault-sweep: ${flow}, no fault`, flow, most: 0 });
const swept = (flow) => ({ lane: `fault-sweep: ${flow}`, flow });
const test = (file, name) => ({ lane: `${file}: ${name}`, file, name });

const randomKill = test('random-kill', 'with the default interval');
const BUGS = [
  [
    'an entry is called durable before it is written',
    'dead-letters/durable-log.js',
    [
      ['this.#unwritten.push(entry);', 'this.#unwritten.push(entry); this.#safe++;'],
      ['this.#safe += entries.length;', ''],
    ],
    randomKill,
  ],
  [
    'a dead letter is counted before it is on disk',
    'send/live-batches.js',
    [
      [
        "const result = (await queue?.append(pending)) ?? 'dlq-error';",
        "ledger.settle(pending, 'deadLettered'); const result = (await queue?.append(pending)) ?? 'dlq-error';",
      ],
    ],
    swept('append'),
  ],
  [
    'a failed append is not cut back',
    'dead-letters/segment-writer.js',
    [['await promisify(fs.ftruncate)(this.#fd, this.#bytes).catch(() => { });', '']],
    swept('append'),
  ],
  [
    'the ring is off by one',
    'buffer/ring-buffer.js',
    [
      [
        'this.#slots[(this.#head + this.#length) % this.#slots.length] = entry;',
        'this.#slots[(this.#head + this.#length) % (this.#slots.length - 1)] = entry;',
      ],
    ],
    clean('spill'),
  ],
  [
    'replayed letters are counted twice',
    'report/ledger.js',
    [
      [
        'this.#delivered += count;\n    }\n    /** Dead letters of this sender were given up',
        'this.#delivered += count * 2;\n    }\n    /** Dead letters of this sender were given up',
      ],
    ],
    clean('ownReplay'),
  ],
  [
    'the second half of a halved batch is lost',
    'send/delivery.js',
    [[', entries.slice(middle));', ');']],
    clean('reject'),
  ],
  [
    'a done mark reaches beyond its entries',
    'dead-letters/durable-segment.js',
    [['doneLine(from, to)', 'doneLine(from, to + 20_000)']],
    test('random-kill', 'stops answering first'),
  ],
  [
    'a segment is deleted before it is delivered',
    'dead-letters/segment-claim.js',
    [
      [
        'return new SegmentClaim(directory',
        'await fs.promises.unlink(path); return new SegmentClaim(directory',
      ],
    ],
    test('crash-points', 'claim-progress'),
  ],
  [
    'a segment is not claimed by renaming',
    'dead-letters/segment-name.js',
    [['return `${sealed}.${claimer}`;', 'return sealed;']],
    test('crash-points', 'claim-rename'),
  ],
  [
    'what is in flight is not spilled at exit',
    'sender.js',
    [['[...this.#worker.inFlight(), ...this.#ring.takeAll()]', '[...this.#ring.takeAll()]']],
    test('exits', 'server hangs'),
  ],
  [
    'what waits is not spilled at exit',
    'sender.js',
    [['[...this.#worker.inFlight(), ...this.#ring.takeAll()]', '[...this.#worker.inFlight()]']],
    test('exits', 'server answers'),
  ],
  [
    'an entry that has ended is settled again',
    'report/ledger.js',
    [['entries.filter((entry) => entry.isSettled !== true)', '[...entries]']],
    clean('exitInFlight'),
  ],
  [
    'what the dead left is not taken over',
    'dead-letters/segment-catalog.js',
    [['await isOwnerDead(this.#directory, name.holder)', 'false']],
    test('sharing', 'whose lease is gone'),
  ],
  [
    'no lease is written',
    'dead-letters/lease.js',
    [['fs.writeFileSync(this.path, JSON.stringify(content), { mode: 0o600 });', '']],
    test('sharing', 'open segments of one that lives'),
  ],
  [
    'a stale lease is taken for a live one',
    'dead-letters/lease.js',
    [['Date.now() - mtimeMs > STALE_MS', 'false']],
    test('sharing', 'of another machine'),
  ],
  [
    'a checksum is not compared',
    'dead-letters/segment-format.js',
    [['line.slice(start, start + 8) === checksum(text) ? text', 'text.length > 20 ? text']],
    test('damage', 'scrambled delivers all'),
  ],
  [
    'a damaged segment is deleted',
    'dead-letters/segment-claim.js',
    [['await fs.promises.rename(path, join(quarantine, file));', 'await fs.promises.unlink(path);']],
    test('damage', 'scrambled delivers all'),
  ],
];

const work = mkdtempSync(join(tmpdir(), 'tracehub-teeth-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
symlinkSync(join(original, 'node_modules'), join(work, 'node_modules'));
cpSync(join(original, 'package.json'), join(work, 'package.json'));
cpSync(join(original, 'dist/esm'), join(work, 'clean'), { recursive: true });

/** A copy of the build with the replacements made in one file; gives the address of its index. */
function plant(file, replacements) {
  const build = join(work, 'planted');
  rmSync(build, { recursive: true, force: true });
  cpSync(join(work, 'clean'), build, { recursive: true });
  let text = readFileSync(join(build, file), 'utf8');
  for (const [from, to] of replacements) {
    if (!text.includes(from)) throw new Error(`${file} does not have: ${from}`);
    text = text.replaceAll(from, to);
  }
  writeFileSync(join(build, file), text);
  return pathToFileURL(join(build, 'index.js')).href;
}

/** Whether the lane fails with this build, and what it says then. */
async function fails(catcher, build) {
  if (catcher.flow !== undefined) {
    const { output } = await run([join(here, 'programs/fault-sweep.mjs'), JSON.stringify(catcher)], build);
    const line = /^swept (.*)$/m.exec(output)?.[1];
    const { problems, unhandled } =
      line === undefined ? { problems: ['it never ended'], unhandled: [] } : JSON.parse(line);
    return { isCaught: problems.length + unhandled.length > 0, words: problems[0] ?? unhandled[0] };
  }
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--root', root, '--dir', here, catcher.file, '-t', catcher.name];
  const { code, output } = await run(args, build);
  const words = /\+ {3}"(.*)/.exec(output)?.[1] ?? /Error.*: (.*)/.exec(output)?.[1];
  // A name that meets no test proves nothing.
  if (!/Tests .*\d+ (passed|failed)/.test(output)) throw new Error(`no test ran: ${catcher.lane}\n${output}`);
  return { isCaught: code !== 0, words };
}

function run(args, build) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      env: { ...process.env, TRACEHUB_CORE_SENDER: build, NO_COLOR: '1' },
      timeout: 120_000,
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => resolve({ code, output }));
  });
}

let survivors = 0;
const only = process.argv[2];
const lanes = new Map();
for (const [bug, file, replacements, catcher] of BUGS) {
  if (only !== undefined && !bug.includes(only)) continue;
  // A lane that fails without the bug catches nothing.
  if (!lanes.has(catcher.lane)) {
    lanes.set(catcher.lane, await fails(catcher, pathToFileURL(join(work, 'clean/index.js')).href));
  }
  const before = lanes.get(catcher.lane);
  const { isCaught, words } = await fails(catcher, plant(file, replacements));
  const verdict = before.isCaught ? 'RED BEFORE' : isCaught ? 'caught' : 'SURVIVED';
  if (verdict !== 'caught') survivors++;
  console.log(
    `${verdict.padEnd(10)} | ${bug.padEnd(50)} | ${catcher.lane.padEnd(50)} | ${(before.words ?? words ?? '').slice(0, 90)}`,
  );
}
console.log(survivors === 0 ? 'every planted bug was caught' : `${survivors} planted bugs were not caught`);
process.exit(survivors === 0 ? 0 : 1);
