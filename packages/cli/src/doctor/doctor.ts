import { EXIT } from '../cli-error.ts';
import { type SenderFlags, Settings } from '../settings/settings.ts';
import { table } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { printable } from '../terminal/words.ts';
import type { Status } from './check.ts';
import { CHECKS } from './checks.ts';
import { type Result, examine } from './examine.ts';
import { Facts } from './facts.ts';
import { shownOptions } from './shown-options.ts';
import { type Verdict, hasArrived, toVerdict } from './verdict.ts';

export interface DoctorFlags extends SenderFlags {
  readToken?: string;
  /** False with `--no-send`. */
  send?: boolean;
  json?: boolean;
}

const SIGNS: Readonly<Record<Status, string>> = { ok: '✓', warning: '!', failure: '✗', skipped: '-' };
const COLOURS = { ok: 'green', warning: 'yellow', failure: 'red', skipped: 'dim' } as const;

/** `tracehub doctor`: why logs do not arrive, or that they do. */
export async function doctor(flags: DoctorFlags, terminal: Terminal): Promise<number> {
  const settings = new Settings(flags);
  const readToken = flags.readToken ?? (process.env['TRACEHUB_READ_TOKEN'] || undefined);
  const facts = new Facts(settings, process.env, readToken, flags.send !== false);
  const configuration = shownOptions(settings);
  const isJson = flags.json === true;
  if (!isJson) {
    const rows = configuration.map(({ option, value, source }) => [option, printable(value), source]);
    for (const line of table(rows)) terminal.print(`  ${line}`);
    terminal.print('');
  }
  const results = await examine(CHECKS, facts, (result) => {
    if (!isJson) printResult(result, terminal);
  });
  const verdict = toVerdict(results);
  if (isJson) {
    const checks = results.map(({ check: id, ...finding }) => ({ id, ...finding }));
    terminal.print(JSON.stringify({ verdict, configuration, checks }, null, 2));
  } else printVerdict(verdict, hasArrived(results), terminal);
  return verdict.status === 'failure' ? EXIT.problem : EXIT.ok;
}

function printResult({ check, status, finding, next }: Result, terminal: Terminal): void {
  const { colours } = terminal;
  const paint = colours[COLOURS[status]];
  const name = check.padEnd(13);
  const text = printable(finding);
  terminal.print(`${paint(SIGNS[status])} ${name} ${status === 'skipped' ? colours.dim(text) : text}`);
  if (next !== undefined) terminal.print(`  ${' '.repeat(13)} ${colours.dim(`→ ${printable(next)}`)}`);
}

function printVerdict(
  { status, check, finding, next, others }: Verdict,
  isArriving: boolean,
  terminal: Terminal,
): void {
  const { colours } = terminal;
  terminal.print('');
  if (check === undefined) {
    const word = isArriving ? 'All is well' : 'As far as was looked';
    return terminal.print(colours.green(`${word}: ${finding}.`));
  }
  const word =
    status === 'failure' ? 'The cause' : isArriving ? 'Logs arrive, but' : 'No entry was sent, and';
  terminal.print(colours[COLOURS[status]](`${word}: ${printable(finding)} [${check}]`));
  if (next !== undefined) terminal.print(`What to do: ${printable(next)}`);
  if (others > 0) terminal.print(colours.dim(`${others} more above: look at them after that.`));
}
