/** `120,340`, `12.3`, `1.07`: three digits that say something. @param {number} value */
export function toText(value) {
  if (value === 0) return '0';
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(value >= 10 ? 1 : 2);
}

/** `1.07 (1.02–1.11)`; a dash for nothing. @param {import('./stats.mjs').Spread | undefined} spread */
export function toSpreadText(spread) {
  if (!spread) return '–';
  const { median, low, high, rounds } = spread;
  return rounds === 1 ? toText(median) : `${toText(median)} (${toText(low)}–${toText(high)})`;
}

/** `100 %` of the worst round; never rounded up to all. @param {import('./stats.mjs').Spread | undefined} share */
export function toShareText(share) {
  return share ? `${Math.floor(share.least * 1_000) / 10} %` : '–';
}

/** @param {readonly string[]} heads @param {readonly (readonly string[])[]} rows */
export function toTable(heads, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [
    line(heads),
    line(heads.map((_, column) => (column === 0 ? '---' : '---:'))),
    ...rows.map(line),
  ].join('\n');
}
