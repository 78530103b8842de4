import { toText } from './format.mjs';
import { FAMILIES, SUBJECTS } from './subjects/index.mjs';

const WIDTH = 760;
const LABEL = 220;
const BAR = 18;
const GAP = 6;
const HEAD = 30;
const FILL = { ours: '#2f6fde', peer: '#9aa4b2', limit: '#d5dae1' };

/**
 * Records delivered per second, a bar for each subject, by logger; the line through a bar spans its quartiles.
 * @param {import('./results.mjs').Results} results @param {string} caption
 */
export function toChart(results, caption) {
  const bars = SUBJECTS.flatMap((subject) => {
    const spread = results.spread('burst', subject.id, 'perSecond');
    return spread && subject.kind !== 'floor' ? [{ subject, spread }] : [];
  });
  const most = Math.max(...bars.map(({ spread }) => spread.high));
  const x = (value) => LABEL + (value / most) * (WIDTH - LABEL - 70);
  let y = HEAD + 10;
  const parts = FAMILIES.flatMap((family) => {
    const own = bars.filter(({ subject }) => subject.family === family);
    if (own.length === 0) return [];
    const title = text(0, (y += 14), family, 'font-weight="bold"');
    y += GAP;
    const rows = own.toSorted((a, b) => b.spread.median - a.spread.median).map((bar) => row(bar, x, step()));
    y += HEAD / 2;
    return [title, ...rows];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${y}" fill="#fff"/>`,
    text(0, 18, `Records delivered per second, a burst over loopback. ${caption}`, 'font-size="14"'),
    ...parts,
    '</svg>\n',
  ].join('\n');

  function step() {
    const top = y;
    y += BAR + GAP;
    return top;
  }
}

function row({ subject, spread: { median, low, high } }, x, top) {
  const middle = top + BAR / 2;
  return [
    text(LABEL - 8, middle + 4, subject.id.slice(subject.family.length + 1), 'text-anchor="end"'),
    `<rect x="${LABEL}" y="${top}" width="${round(x(median) - LABEL)}" height="${BAR}" fill="${FILL[subject.kind]}"/>`,
    `<path d="M${round(x(low))} ${middle}H${round(x(high))}" stroke="#1c2430"/>`,
    text(round(x(high)) + 6, middle + 4, toText(median)),
  ].join('\n');
}

function text(x, y, words, attributes = '') {
  const safe = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x}" y="${y}" fill="#1c2430" ${attributes}>${safe}</text>`;
}

function round(value) {
  return Math.round(value * 10) / 10;
}
