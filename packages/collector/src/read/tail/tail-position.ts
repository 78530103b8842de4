/**
 * How far a reader of the tail has come. Groups of entries are numbered when a statement begins and become visible
 * when it commits, so they appear out of order, and some numbers never do (the statement failed, or every entry
 * was there already). Hence a position is not one number:
 *
 *   settled           1 2 3 4 5   no group up to here is still to come
 *   seen, beyond it             · 7 8 · 10
 *
 * Number 6 is a hole: it may still be under way. A statement ends, one way or another, within its time limit;
 * a hole older than that stays one, and `settled` moves past it.
 */
export class TailPosition {
  #settled: number;
  /** Numbers seen beyond `settled`, as ranges in ascending order that do not touch. */
  #ranges: Range[];
  /** When holes were first known of: every number up to `number` is as old as `at`. */
  #known: { number: number; at: number }[] = [];

  private constructor(settled: number, ranges: Range[]) {
    this.#settled = settled;
    this.#ranges = ranges;
  }

  /** The position of somebody to whom `seen` is known and everything up to `settled`. */
  static at(settled: number, seen: readonly number[], now: number): TailPosition {
    const position = new TailPosition(settled, []);
    for (const number of seen) position.add(number, now);
    return position;
  }

  /** Reads what `toString` wrote; `undefined` for anything else. */
  static parse(text: string, now: number): TailPosition | undefined {
    if (
      text.length > maxTextLength ||
      !/^\d{1,15}(?::\d{1,15}-\d{1,15}(?:,\d{1,15}-\d{1,15})*)?$/.test(text)
    ) {
      return undefined;
    }
    const [settled, seen] = text.split(':') as [string, string?];
    const ranges = (seen?.split(',') ?? []).map((range) => range.split('-').map(Number) as Range);
    let before = Number(settled);
    for (const [first, last] of ranges) {
      if (first <= before + 1 || last < first) return undefined;
      before = last;
    }
    const position = new TailPosition(Number(settled), ranges);
    position.#known.push({ number: before, at: now });
    return position;
  }

  /** Whether a group was read. */
  has(number: number): boolean {
    return number <= this.#settled || this.#ranges.some(([first, last]) => first <= number && number <= last);
  }

  /** Notes that a group was read, and lets go of holes that have grown old. */
  add(number: number, now: number): void {
    if (!this.has(number)) this.#insert(number);
    const newest = this.#known.at(-1);
    if (newest === undefined || number > newest.number) this.#known.push({ number, at: now });
    this.#settle(now);
  }

  /** Where to look for what was missed: no group up to here is wanted. */
  get settled(): number {
    return this.#settled;
  }

  toString(): string {
    const seen = this.#ranges.map(([first, last]) => `${first}-${last}`).join(',');
    return seen === '' ? String(this.#settled) : `${this.#settled}:${seen}`;
  }

  #insert(number: number): void {
    const after = this.#ranges.findIndex(([first]) => first > number);
    const index = after === -1 ? this.#ranges.length : after;
    const previous = this.#ranges[index - 1];
    const next = this.#ranges[index];
    if (previous?.[1] === number - 1) {
      previous[1] = number;
      if (next?.[0] === number + 1) {
        previous[1] = next[1];
        this.#ranges.splice(index, 1);
      }
    } else if (next?.[0] === number + 1) {
      next[0] = number;
    } else {
      this.#ranges.splice(index, 0, [number, number]);
    }
  }

  #settle(now: number): void {
    const firstYoung = this.#known.findIndex(({ at }) => now - at < oldHole);
    const old = this.#known.splice(0, firstYoung === -1 ? this.#known.length : firstYoung);
    this.#settled = Math.max(this.#settled, old.at(-1)?.number ?? 0);
    for (;;) {
      const [range] = this.#ranges;
      // Beyond so many holes the text would outgrow a header; the oldest is then given up early.
      if (range === undefined || (range[0] > this.#settled + 1 && this.#ranges.length <= maxRanges)) return;
      this.#settled = Math.max(this.#settled, range[1]);
      this.#ranges.shift();
    }
  }
}

type Range = [first: number, last: number];

/** Longer than a statement can take (30 s, and its commit); ms. */
const oldHole = 60_000;

const maxRanges = 200;
const maxTextLength = 8000;
