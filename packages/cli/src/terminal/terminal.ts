import pc from 'picocolors';

export type Colours = ReturnType<typeof pc.createColors>;

/** Where a command writes. Results go to stdout, everything about them to stderr, so that a pipe gets results only. */
export interface Terminal {
  readonly colours: Colours;
  /** Colours of what goes to stderr. */
  readonly noteColours: Colours;
  /** Whether somebody sits before stdout. */
  readonly isInteractive: boolean;
  /** A line of the result. */
  print(line: string): void;
  /** A line about it. */
  note(line: string): void;
}

/** stdout and stderr of this process. A reader that goes away, as `head` does, ends the command quietly. */
export function processTerminal(environment: NodeJS.ProcessEnv = process.env): Terminal {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    colours: pc.createColors(wantsColour(process.stdout.isTTY, environment)),
    noteColours: pc.createColors(wantsColour(process.stderr.isTTY, environment)),
    isInteractive: process.stdout.isTTY,
    print: (line) => void process.stdout.write(`${line}\n`),
    note: (line) => void process.stderr.write(`${line}\n`),
  };
}

/** `NO_COLOR` (no-color.org) wins, then `FORCE_COLOR`, then whether it is a terminal that can show any. */
function wantsColour(isTerminal: boolean, environment: NodeJS.ProcessEnv): boolean {
  if (environment['NO_COLOR']) return false;
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTerminal && environment['TERM'] !== 'dumb';
}
