import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A fenced block of JavaScript or TypeScript in a README. */
export interface ReadmeBlock {
  /** `README.md:12`, to find it by. */
  readonly where: string;
  readonly language: string;
  /** The file of `test/examples` it shows, if its first line names one. */
  readonly file: string | undefined;
  /** What a reader copies: the block, without the line that names the file. */
  readonly code: string;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

const fence = /^```(\w+)[^\n]*\n(.*?)^```$/gms;
const fileComment = /^\/\/ (?:test\/examples\/)?([\w-]+\.\w+)\n+/;

/** Every block of code in the README of the repository and of its packages. */
export function readReadmeBlocks(): ReadmeBlock[] {
  const packages = readdirSync(`${root}packages`).map((name) => `packages/${name}/README.md`);
  return ['README.md', ...packages]
    .filter((readme) => existsSync(root + readme))
    .flatMap((readme) => blocksOf(readme, readFileSync(root + readme, 'utf8')));
}

function blocksOf(readme: string, text: string): ReadmeBlock[] {
  const blocks: ReadmeBlock[] = [];
  for (const { index, 1: language = '', 2: body = '' } of text.matchAll(fence)) {
    if (!/^(?:[cm]?[jt]sx?|javascript|typescript)$/.test(language)) continue;
    const comment = fileComment.exec(body);
    blocks.push({
      where: `${readme}:${text.slice(0, index).split('\n').length}`,
      language,
      file: comment?.[1],
      code: body.slice(comment?.[0].length ?? 0),
    });
  }
  return blocks;
}
