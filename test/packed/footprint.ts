import { existsSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Manifest {
  dependencies?: Record<string, string>;
}

/** What a package brings along. */
export interface Footprint {
  /** Bytes of its tarball. */
  packed: number;
  /** Bytes of its files and those of everything it depends on. */
  installed: number;
  /** How many packages that are, itself included. */
  packages: number;
  /** What it depends on by itself. */
  dependencies: string[];
}

/** Measures an installed package of an app, beside its tarball. Peers are the app's own and count for nothing. */
export function measureFootprint(app: string, name: string, tarball: string): Footprint {
  const own = realpathSync(join(app, 'node_modules', name));
  const folders = new Set<string>();
  const visit = (folder: string): void => {
    if (folders.has(folder)) return;
    folders.add(folder);
    for (const dependency of dependenciesOf(folder)) visit(findPackage(folder, dependency));
  };
  visit(own);
  return {
    packed: statSync(tarball).size,
    installed: [...folders].reduce((sum, folder) => sum + bytesIn(folder), 0),
    packages: folders.size,
    dependencies: dependenciesOf(own),
  };
}

function dependenciesOf(folder: string): string[] {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  return Object.keys(manifest.dependencies ?? {});
}

/** As Node looks for it: in `node_modules` of each folder above. */
function findPackage(from: string, name: string): string {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    if (existsSync(found)) return realpathSync(found);
  }
  throw new Error(`${name} is not installed for ${from}`);
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules')
    .map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? bytesIn(path) : statSync(path).size;
    })
    .reduce((sum, bytes) => sum + bytes, 0);
}
