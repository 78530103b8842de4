// Plants bugs (bugs.mjs) in a copy of the tree, one by one, and runs for each the test that must catch it: green
// without the bug, red with it. Prints a table; ends with 1 when a bug survives. The tree itself is not touched.
// `node test/teeth/teeth.mjs [part of a bug's name]`
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUGS } from './bugs.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const copy = mkdtempSync(join(tmpdir(), 'tracehub-teeth-'));
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));

for (const name of ['package.json', 'packages', 'test']) {
  cpSync(join(root, name), join(copy, name), {
    recursive: true,
    // The links of a workspace lead to its own packages, and must lead to the copies here.
    verbatimSymlinks: true,
    filter: (path) => !['.results', '.coverage'].includes(basename(path)),
  });
}
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));

/** Runs node in the copy; gives its status and what it said. */
function run(script, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: copy,
      env: { ...process.env, NO_COLOR: '1' },
      timeout: 180_000,
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => resolve({ code, output }));
  });
}

async function build() {
  for (const [script, ...args] of [
    ['node_modules/typescript/bin/tsc', '-b', 'packages'],
    ['packages/bundle.mjs'],
    ['packages/collector/page/build.mjs'],
  ]) {
    const built = await run(script, args);
    if (built.code !== 0) throw new Error(`the copy cannot be built:\n${built.output}`);
  }
}

/** Whether the test runs and fails in the copy as it is, and what it says then. */
async function fails({ project, file, name }) {
  const { code, output } = await run('node_modules/vitest/vitest.mjs', [
    'run',
    '--config=test/vitest.config.ts',
    // One is enough, and a bug may leave every test waiting for its time limit.
    '--bail=1',
    `--project=${project}`,
    file,
    ...(name === undefined ? [] : ['-t', name]),
  ]);
  // A name that meets no test proves nothing, nor does a suite that does not get as far as its tests.
  const hasRun = /Tests .*\d+ (passed|failed)/.test(output);
  const words = /\+ {3}"(.*)/.exec(output)?.[1] ?? /Error: (.*)/.exec(output)?.[1] ?? '';
  return { hasRun, isRed: code !== 0, words: words.slice(0, 80) };
}

/** Makes the replacements in the copy's source and builds it; gives a function that undoes them. */
async function plant(source, replacements) {
  const path = join(copy, 'packages', source);
  const clean = readFileSync(path, 'utf8');
  let text = clean;
  for (const [from, to] of replacements) {
    if (!text.includes(from)) throw new Error(`${source} does not have: ${from}`);
    text = text.replaceAll(from, () => to);
  }
  writeFileSync(path, text);
  await build();
  return () => writeFileSync(path, clean);
}

function verdictOf(before, after) {
  if (!before.hasRun || !after.hasRun) return 'NO TEST';
  if (before.isRed) return 'RED BEFORE';
  return after.isRed ? 'caught' : 'SURVIVED';
}

let survivors = 0;
let caught = 0;
const clean = new Map();
const chosen = BUGS.filter(({ bug }) => bug.includes(process.argv[2] ?? ''));
await build();
for (const { lane } of chosen) {
  const key = JSON.stringify(lane);
  if (!clean.has(key)) clean.set(key, await fails(lane));
}
for (const { bug, source, replacements, lane } of chosen) {
  const before = clean.get(JSON.stringify(lane));
  const restore = await plant(source, replacements);
  const after = await fails(lane);
  restore();
  const verdict = verdictOf(before, after);
  if (verdict === 'caught') caught++;
  else survivors++;
  const by = [lane.file, lane.name].filter(Boolean).join(': ');
  console.log(
    `${verdict.padEnd(10)} | ${bug.padEnd(52)} | ${by} | ${before.isRed ? before.words : after.words}`,
  );
}
console.log(`${caught} planted bugs caught, ${survivors} not`);
process.exit(survivors === 0 && caught > 0 ? 0 : 1);
