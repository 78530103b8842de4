import type { Clock } from '../clock.ts';
import { errorText } from '../errors.ts';

/** One warning of a kind per this time: a fault that lasts must not flood the app's stderr. */
const QUIET_MS = 60_000;

/** Says what went wrong through `process.emitWarning`, once per kind and minute, with how often it was held back. */
export class Warnings {
  readonly #clock: Clock;
  readonly #emit: (warning: Error) => void;
  readonly #last = new Map<string, { at: number; heldBack: number }>();

  constructor(clock: Clock, emit: (warning: Error) => void = (warning) => process.emitWarning(warning)) {
    this.#clock = clock;
    this.#emit = emit;
  }

  warn(code: `TRACEHUB_${string}`, message: string): void {
    const now = this.#clock.now();
    const last = this.#last.get(code);
    if (last && now - last.at < QUIET_MS) {
      last.heldBack++;
      return;
    }
    this.#last.set(code, { at: now, heldBack: 0 });
    const more = last?.heldBack ? ` (${last.heldBack} more of this kind in between)` : '';
    const warning = Object.assign(new Error(message + more), { name: 'TraceHubWarning', code });
    // Where it happened inside the sender helps nobody and would be printed with --trace-warnings only to mislead.
    delete warning.stack;
    try {
      this.#emit(warning);
    } catch {
      // A warning handler of the app that throws must not stop a stage.
    }
  }

  /** An exception inside a stage, met by whoever called it; the stage goes on. */
  defect(where: string, error: unknown): void {
    this.warn('TRACEHUB_INTERNAL', `${where} failed inside the sender: ${errorText(error)}`);
  }

  /** Runs `work` where an exception would reach the app: a hook, a timer, a promise nobody awaits. Never rejects. */
  async contain(where: string, work: () => unknown): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.defect(where, error);
    }
  }
}
