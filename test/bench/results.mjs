import { toRatios, toSpread } from './stats.mjs';

/** @typedef {import('./cell.mjs').Values} Values */

/** What every cell of every round gave. */
export class Results {
  /** @type {{ round: number, measure: string, subject: string, values: Values }[]} */
  #cells = [];

  /** @param {number} round @param {string} measure @param {string} subject @param {Values} values */
  add(round, measure, subject, values) {
    this.#cells.push({ round, measure, subject, values });
  }

  /** One figure of one subject. @param {string} measure @param {string} subject @param {keyof Values} metric */
  spread(measure, subject, metric) {
    return toSpread([...this.byRound(measure, subject, metric).values()]);
  }

  /** The figure over that of another subject, round by round. */
  ratio(measure, subject, metric, other) {
    return toSpread(toRatios(this.byRound(measure, subject, metric), this.byRound(measure, other, metric)));
  }

  /** The same over the largest figure that any of the others had in that round. @param {readonly string[]} others */
  ratioToLargest(measure, subject, metric, others) {
    /** @type {Map<number, number>} */
    const largest = new Map();
    for (const other of others) {
      for (const [round, value] of this.byRound(measure, other, metric)) {
        largest.set(round, Math.max(value, largest.get(round) ?? 0));
      }
    }
    return toSpread(toRatios(this.byRound(measure, subject, metric), largest));
  }

  /** @returns {Map<number, number>} */
  byRound(measure, subject, metric) {
    return new Map(
      this.#cells
        .filter((cell) => cell.measure === measure && cell.subject === subject)
        .filter(({ values }) => Number.isFinite(values[metric]))
        .map(({ round, values }) => [round, values[metric]]),
    );
  }

  /** @param {string} subject @returns {boolean} whether anything was tried with it */
  has(subject) {
    return this.#cells.some((cell) => cell.subject === subject);
  }

  /** @param {string} measure @param {string} subject */
  hasFault(measure, subject) {
    return this.#cells.some(
      (cell) => cell.measure === measure && cell.subject === subject && cell.values.fault !== undefined,
    );
  }

  /** What went wrong, once per subject, measure and message. @returns {string[]} */
  faults() {
    const faults = this.#cells.filter(({ values }) => values.fault);
    return [
      ...new Set(faults.map(({ subject, measure, values }) => `${subject}, ${measure}: ${values.fault}`)),
    ];
  }
}
