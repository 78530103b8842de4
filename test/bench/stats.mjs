/**
 * A median, how far the middle half of the values lies around it, and the least of them.
 * @typedef {{ median: number, low: number, high: number, least: number, rounds: number }} Spread
 */

/** Between neighbours, where the place falls between two. @param {readonly number[]} sorted @param {number} share 0 to 1 */
function quantile(sorted, share) {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  return below + (above - below) * (place - Math.floor(place));
}

/** Median, quartiles and minimum; undefined for no values. @param {readonly number[]} values @returns {Spread | undefined} */
export function toSpread(values) {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    low: quantile(sorted, 0.25),
    high: quantile(sorted, 0.75),
    least: sorted[0],
    rounds: sorted.length,
  };
}

/**
 * The ratio in each round that has both values: what the machine does to one round, it does to both.
 * @param {ReadonlyMap<number, number>} values by round
 * @param {ReadonlyMap<number, number>} to by round
 */
export function toRatios(values, to) {
  return [...values].flatMap(([round, value]) => (to.get(round) ? [value / to.get(round)] : []));
}
