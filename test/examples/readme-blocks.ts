import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A fenced block of JavaScript or TypeScript in a README, or in a page that a package has in `docs/`. */
export interface ReadmeBlock {
  /** `README.md:12`, to find it by. */
  readonly where: string;
  readonly language: string;
  /** The file it shows, from the root of the repository, if its first line names one. */
  readonly file: string | undefined;
  /** What a reader copies: the block, without the line that names the file. */
  readonly code: string;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

const fence = /^```(\w+)([^\n]*)\n(.*?)^```$/gms;
const fileComment = /^\/\/ ([\w./-]+\.\w+)\n+/;

/** What users read: the README of the repository, and READMEs and pages of its packages, by their paths from its root. */
export function listPages(): string[] {
  const pages = readdirSync(`${root}packages`).flatMap((name) => [
    `packages/${name}/README.md`,
    ...markdownIn(`packages/${name}/docs`),
  ]);
  return ['README.md', ...pages.filter((page) => existsSync(root + page))];
}

/** Every block of code in them that is to work. */
export function readReadmeBlocks(): ReadmeBlock[] {
  return listPages().flatMap((page) => blocksOf(page, readFileSync(root + page, 'utf8')));
}

function markdownIn(folder: string): string[] {
  if (!existsSync(root + folder)) return [];
  const files = readdirSync(root + folder).filter((name) => name.endsWith('.md'));
  return files.map((name) => `${folder}/${name}`);
}

function blocksOf(page: string, text: string): ReadmeBlock[] {
  const blocks: ReadmeBlock[] = [];
  for (const { index, 1: language = '', 2: info = '', 3: body = '' } of text.matchAll(fence)) {
    if (!/^(?:[cm]?[jt]sx?|javascript|typescript)$/.test(language)) continue;
    // What a reader has now and is to replace: ```js before
    if (info.trim() === 'before') continue;
    const comment = fileComment.exec(body);
    const named = comment?.[1];
    blocks.push({
      where: `${page}:${text.slice(0, index).split('\n').length}`,
      language,
      // An example may be named without its folder.
      file: named?.includes('/') === false ? `test/examples/${named}` : named,
      code: body.slice(comment?.[0].length ?? 0),
    });
  }
  return blocks;
}
