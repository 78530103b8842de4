import type { Figures } from './figures.ts';
import type { Run } from './fleet.ts';

const HEAD = [
  'scenario',
  'requests of a sender in the fault (most)',
  'busiest second after ÷ before',
  'busiest second ÷ its surroundings: fault, after',
  'drained after',
  'delivered',
  'dropped',
  'stored twice',
];

/** A markdown table of what the runs have shown. */
export function toTable(runs: readonly { name: string; run: Run; figures: Figures }[]): string {
  const rows = runs.map(({ name, run, figures }) => [
    name,
    `${figures.meanInFault.toFixed(0)} (${figures.mostInFault})`,
    figures.peakAfter.toFixed(2),
    `${figures.stormInFault.toFixed(1)}, ${figures.stormAfter.toFixed(1)}`,
    `${run.drain} s`,
    share(run.delivered, run.accepted),
    share(run.dropped, run.accepted),
    share(run.stored - run.delivered, run.accepted),
  ]);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(HEAD), line(HEAD.map(() => '---')), ...rows.map(line)].join('\n');
}

function share(part: number, whole: number): string {
  return part === 0 ? '0' : `${((100 * part) / whole).toFixed(1)} %`;
}
