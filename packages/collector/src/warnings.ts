/** The same is not said more often than this; ms. */
const silence = 60_000;

const codes = {
  database: 'TRACEHUB_COLLECTOR_DATABASE',
  broker: 'TRACEHUB_COLLECTOR_BROKER',
  refused: 'TRACEHUB_COLLECTOR_REFUSED',
  retention: 'TRACEHUB_COLLECTOR_RETENTION',
} as const;

/** Says through `process.emitWarning` what is wrong: each kind once a minute, however often it happens. */
export class Warnings {
  readonly #said = new Map<string, number>();

  say(kind: keyof typeof codes, message: string): void {
    const now = performance.now();
    const before = this.#said.get(kind);
    if (before !== undefined && now - before < silence) return;
    this.#said.set(kind, now);
    process.emitWarning(message, { code: codes[kind] });
  }
}
