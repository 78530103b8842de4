import type { Page } from 'playwright-core';

const texts = [
  '--text',
  '--muted',
  '--accent',
  '--good',
  '--DEBUG',
  '--INFO',
  '--WARN',
  '--ERROR',
  '--FATAL',
];
const grounds = ['--ground', '--card', '--raised'];

/** How each colour of text stands out from each ground it may be on. */
export async function contrasts(page: Page): Promise<[pair: string, ratio: number][]> {
  const ratios: [string, number][] = [];
  for (const ground of grounds) {
    const back = luminance(await colourOf(page, ground));
    for (const text of texts) {
      const front = luminance(await colourOf(page, text));
      ratios.push([`${text} on ${ground}`, (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05)]);
    }
  }
  return ratios;
}

/** A colour of the style sheet as the browser computes it: red, green and blue from 0 to 255. */
async function colourOf(page: Page, name: string): Promise<number[]> {
  const text = await page.evaluate<string>(
    `(document.body.style.color = 'var(${name})', getComputedStyle(document.body).color)`,
  );
  return (text.match(/\d+/g) ?? []).slice(0, 3).map(Number);
}

/** Relative luminance as the guidelines define it. */
function luminance(colour: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = colour.map((channel) => {
    const part = channel / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
