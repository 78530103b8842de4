import type { Terminal } from '../terminal/terminal.ts';

/** Shows what a command would do; true when it is to do it. */
export function shown(terminal: Terminal, lines: readonly string[], yes: boolean | undefined): boolean {
  for (const line of lines) terminal.print(line);
  if (yes === true) return true;
  terminal.print(terminal.colours.bold('Nothing was done. Add --yes to do it.'));
  return false;
}
