/** How a command ends: scripts may rely on it. */
export const EXIT = {
  ok: 0,
  /** Something is wrong, or not everything was done; what is said on the terminal tells. */
  problem: 1,
  /** The command line, the configuration file or the environment cannot be used. */
  usage: 2,
} as const;

/** Something the user has to change; the message says what, where and what is allowed. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.usage) {
    super(message);
    this.exitCode = exitCode;
  }
}
