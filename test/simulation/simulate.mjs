/*
 * Prints what a fleet of senders does to a server that fails and recovers, and draws it:
 *
 *   node test/simulation/simulate.mjs          1,000 processes, the short scenarios; a minute
 *   node test/simulation/simulate.mjs --full   10,000 processes, all scenarios, an hour or more; the plot of the README is drawn anew
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadModule } from '../faults/load-kit.mjs';

const isFull = process.argv.includes('--full');
const { simulate } = await loadModule('test/simulation/simulation.ts');

const folder = new URL(isFull ? '../../packages/core-sender/docs/' : '../.results/', import.meta.url);
mkdirSync(folder, { recursive: true });
const plot = fileURLToPath(new URL('fleet.svg', folder));

let table = '';
for await (const soFar of simulate(isFull ? 10_000 : 1_000, isFull)) {
  ({ table } = soFar);
  console.error(table.slice(table.lastIndexOf('\n') + 1));
  writeFileSync(plot, soFar.svg);
}
console.log(`\n${table}\n\n${plot}`);
