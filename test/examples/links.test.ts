import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { listPages } from './readme-blocks.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const others = ['.github/CONTRIBUTING.md', '.github/RELEASING.md', '.github/SECURITY.md'];

/** A page without its code, where a bracket or a # means something else. */
function proseOf(file: string): string {
  return readFileSync(file, 'utf8').replaceAll(/^```.*?^```/gms, '');
}

/** What GitHub makes of the headings of a page for links to them. */
function anchorsOf(file: string): string[] {
  const headings = proseOf(file).matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, text = '']) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Links of a page into the repository that lead nowhere. */
function brokenLinks(page: string): string[] {
  const links = [...proseOf(root + page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^\w+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    let file = path === '' ? root + page : join(root, dirname(page), path);
    if (!existsSync(file)) return true;
    // GitHub shows a folder by its README.
    if (statSync(file).isDirectory() && anchor !== undefined) file = join(file, 'README.md');
    return anchor !== undefined && !(existsSync(file) && anchorsOf(file).includes(anchor));
  });
}

it.each([...listPages(), ...others, 'test/README.md', 'test/bench/README.md'])(
  'each link of %s leads to a file, and to a heading of it',
  (page) => expect(brokenLinks(page)).toEqual([]),
);
