import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { makeTempDirectory } from './temp.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const core = join(root, 'packages/core-sender');

/**
 * Compiles modules of core-sender, by their path in `src`, for a program that wants a part of it: what is published is
 * one script per entry. Gives the address of each. Gone when the test ends.
 */
export function compileCoreSender(paths: readonly string[]): string[] {
  const directory = makeTempDirectory('core-sender');
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');
  symlinkSync(join(core, 'node_modules'), join(directory, 'node_modules'));
  const files = paths.map((path) => join(core, 'src', `${path}.ts`));
  const how = ['--target', 'es2023', '--module', 'node20', '--rewriteRelativeImportExtensions', '--noCheck'];
  const where = ['--ignoreConfig', '--rootDir', join(core, 'src'), '--outDir', directory];
  execFileSync(join(root, 'node_modules/.bin/tsc'), [...how, ...where, ...files], { cwd: root });
  return paths.map((path) => pathToFileURL(join(directory, `${path}.js`)).href);
}
