import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, it } from 'vitest';

const packages = fileURLToPath(new URL('../../packages/', import.meta.url));
const apps = inject('apps');
const tarballs = inject('tarballs');

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1));
}

/** Where a package has the licences of libraries that are part of its scripts. */
const NOTICES = 'THIRD-PARTY-LICENSES.md';

interface Manifest {
  files: string[];
  exports?: Record<string, unknown>;
}

/** What is to be in a package: its sources, what is made of them for each format, and three files for readers. */
function expectedFiles(name: string): string[] {
  const folder = join(packages, name);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const sources = filesIn(join(folder, 'src')).filter((file) => file.endsWith('.ts'));
  const isBundled = manifest.files.includes('dist/cjs');
  const made = (format: string): string[] => {
    const of = (ends: readonly string[]): string[] =>
      sources.flatMap((file) => ends.map((end) => `dist/${format}/${file.replace(/\.ts$/, end)}`));
    const declarations = of(['.d.ts', '.d.ts.map']);
    if (!isBundled) return [...declarations, ...of(['.js', '.js.map'])];
    const chunks = filesIn(join(folder, 'dist', format, 'chunks'));
    return [
      ...declarations,
      // An entry that only hands on what is in a chunk has no map.
      ...scriptsOf(manifest.exports, format)
        .flatMap((file) => [file, `${file}.map`])
        .filter((file) => file.endsWith('.js') || existsSync(join(folder, file))),
      ...chunks.map((file) => `dist/${format}/chunks/${file}`),
    ];
  };
  const contents = manifest.files.flatMap((entry) => {
    if (entry === 'dist/esm') return made('esm');
    // What tells Node that these files are CommonJS.
    if (entry === 'dist/cjs') return [...made('cjs'), 'dist/cjs/package.json'];
    if (entry === NOTICES) return [entry];
    return filesIn(join(folder, entry)).map((file) => `${entry}/${file}`);
  });
  const changelog = existsSync(join(folder, 'CHANGELOG.md')) ? ['CHANGELOG.md'] : [];
  return ['LICENSE', 'README.md', 'package.json', ...changelog, ...contents].toSorted();
}

/** The scripts of a format that `exports` names. */
function scriptsOf(exports: unknown, format: string): string[] {
  if (typeof exports === 'object' && exports !== null) {
    return Object.values(exports).flatMap((nested) => scriptsOf(nested, format));
  }
  const file = String(exports);
  return file.startsWith(`./dist/${format}/`) && file.endsWith('.js') ? [file.slice(2)] : [];
}

/** Libraries whose sources the maps of an installed package name. */
function librariesIn(installed: string): string[] {
  const maps = filesIn(join(installed, 'dist')).filter((file) => file.endsWith('.js.map'));
  const sources = maps.flatMap((file) => {
    const map = JSON.parse(readFileSync(join(installed, 'dist', file), 'utf8')) as { sources: string[] };
    return map.sources;
  });
  const names = sources.flatMap((source) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []);
  return [...new Set(names)];
}

function packedFiles(tarball: string): string[] {
  const list = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8', maxBuffer: 2 ** 24 });
  return list
    .split('\n')
    .filter((file) => file !== '' && !file.endsWith('/'))
    .map((file) => file.replace('package/', ''))
    .toSorted();
}

describe('a packed package', () => {
  const names = Object.keys(tarballs).map((name) => name.replace('@tracehub/', ''));

  it('is each of the folders in packages/', () => {
    const folders = readdirSync(packages, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(names.toSorted()).toEqual(folders.map(({ name }) => name).toSorted());
  });

  it.each(names)('has the files it is to have, and no other: %s', (name) => {
    expect(packedFiles(tarballs[`@tracehub/${name}`] ?? '')).toEqual(expectedFiles(name));
  });

  it('comes with the licences of the libraries that are part of it, which somebody decided on', () => {
    const installed = (name: string): string => join(apps, name, 'node_modules/@tracehub', name);
    const libraries = names.map((name) => [name, librariesIn(installed(name))] as const);
    const inside = libraries.filter(([, some]) => some.length > 0);
    expect(inside).toEqual([['core-sender', ['@pinojs/redact']]]);
    for (const [name, some] of inside) {
      const notices = readFileSync(join(installed(name), NOTICES), 'utf8');
      for (const library of some) {
        expect(notices).toContain(
          readFileSync(join(packages, name, 'node_modules', library, 'LICENSE'), 'utf8'),
        );
      }
    }
  });

  it.each(names)('names no other package by a path or a workspace: %s', (name) => {
    const text = execFileSync('tar', ['-xzOf', tarballs[`@tracehub/${name}`] ?? '', 'package/package.json'], {
      encoding: 'utf8',
    });
    expect(text).not.toMatch(/"(?:workspace|catalog|link|file):/);
  });
});
