import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { BUGS } from './bugs.mjs';

const packages = new URL('../../packages/', import.meta.url);

// The lane itself takes half an hour: whoever changes a source hears of it here.
it.each(BUGS)('can be planted: $bug', ({ source, replacements }) => {
  const text = readFileSync(new URL(source, packages), 'utf8');
  for (const [from] of replacements) expect(text).toContain(from);
});
