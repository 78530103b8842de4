import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A module of the kit. */
export function loadKit(name) {
  return loadModule(`test/kit/${name}`);
}

/** Compiles one module, which is TypeScript, and imports it: the oldest Node supported strips no types. */
export async function loadModule(path) {
  const out = mkdtempSync(join(tmpdir(), 'tracehub-kit-'));
  try {
    const tsc = join(root, 'node_modules', '.bin', 'tsc');
    const options = [
      '--noCheck',
      '--target',
      'es2023',
      '--module',
      'node20',
      '--rewriteRelativeImportExtensions',
    ];
    writeFileSync(join(out, 'package.json'), '{ "type": "module" }');
    const made = spawnSync(
      tsc,
      [...options, '--ignoreConfig', '--rootDir', root, '--outDir', out, join(root, path)],
      { cwd: root },
    );
    if (made.status !== 0) throw new Error(String(made.stdout) + String(made.stderr));
    symlinkSync(join(root, 'test', 'node_modules'), join(out, 'node_modules'));
    const core = join('packages', 'core-sender');
    if (existsSync(join(out, core))) {
      symlinkSync(join(root, core, 'node_modules'), join(out, core, 'node_modules'));
    }
    return await import(pathToFileURL(join(out, path.replace(/\.ts$/, '.js'))).href);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
