import { readFileSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

it('has every code that the collector can give explained, and no other', () => {
  const sources = readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => read(`src/${file}`));
  // Variables of the environment have the same beginning.
  const codes = sources.flatMap((text) =>
    [...text.matchAll(/(?:code = |\w: )'(TRACEHUB_COLLECTOR_[A-Z]+)'/g)]
      .map(([, code = '']) => code)
      .filter((code) => !text.includes(`environment: '${code}'`)),
  );
  const sections = read('docs/operations.md')
    .split(/^##+ /m)
    .filter((section) => section.startsWith('TRACEHUB_'));
  const headings = sections.map((section) => section.split('\n')[0]);
  expect(headings.toSorted()).toEqual([...new Set(codes)].toSorted());
  expect(headings).toHaveLength(5);
  for (const section of sections) expect(section.length, section).toBeGreaterThan(100);
});
