/** The size the README quotes, or the one for CI. */
export function size(ci: number, full: number): number {
  return process.env['TRACEHUB_FULL'] === '1' ? full : ci;
}

/** Of this run: printed by every test that uses it, and given by the environment to have a run again. */
export const seed = Number(process.env['TRACEHUB_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** Numbers in [0, 1) that a seed repeats (mulberry32). */
export function randomFrom(start: number): () => number {
  let state = start | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
