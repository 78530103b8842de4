/*
 * Makes what is published of the libraries: a script for each entry of a package, and beside them in chunks what
 * entries have in common, once as ES modules and once as CommonJS. Node takes most of a millisecond for each file it
 * loads, and core-sender alone has a hundred. The compiler makes the declarations.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';

const FORMATS = { esm: 'es', cjs: 'cjs' };

/**
 * Libraries that become part of what is published: an app would pay for finding them, and as CommonJS for their
 * translation, at each start. Their licences are in the package, in THIRD-PARTY-LICENSES.md.
 */
const BUNDLED = new Set(['@pinojs/redact']);

for (const name of readdirSync(import.meta.dirname)) {
  const folder = join(import.meta.dirname, name);
  const exported = exportsOf(folder);
  for (const format of Object.keys(FORMATS)) {
    const entries = exported.flatMap((file) => entryOf(file, format));
    // The programs, which find files by their place, are as the compiler makes them.
    if (entries.length > 0 && exported.some((file) => file.startsWith('./dist/cjs/'))) {
      await bundle(folder, format, entries);
    }
  }
}

/** Every file that a package's `exports` name. */
function exportsOf(folder) {
  try {
    const { exports = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return filesIn(exports);
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  }
}

function filesIn(exports) {
  return typeof exports === 'string' ? [exports] : Object.values(exports).flatMap(filesIn);
}

/** `worker/index` for `./dist/esm/worker/index.js`. */
function entryOf(file, format) {
  const [, entry] = new RegExp(`^\\./dist/${format}/(.+)\\.js$`).exec(file) ?? [];
  return entry === undefined ? [] : [entry];
}

async function bundle(folder, format, entries) {
  const dir = join(folder, 'dist', format);
  const build = await rolldown({
    input: Object.fromEntries(entries.map((entry) => [entry, join(folder, 'src', `${entry}.ts`)])),
    platform: 'node',
    external: (id) => /^[^./]/.test(id) && !BUNDLED.has(id),
  });
  const { output } = await build.generate({
    // Where the maps find the sources from.
    dir,
    format: FORMATS[format],
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    exports: 'named',
    sourcemap: true,
    // They are in the package.
    sourcemapExcludeSources: true,
    // Every app loads what is published; the sources with their comments are in the package, beside their maps.
    comments: { legal: true, annotation: true, jsdoc: false },
    // Jest runs no `import()` in CommonJS.
    dynamicImportInCjs: false,
  });
  await build.close();
  replaceScripts(dir, new Map(output.map(({ fileName, code, source }) => [fileName, code ?? source])));
}

/** Leaves alone what is the same: a process that runs may still have to load it. */
function replaceScripts(dir, scripts) {
  for (const [name, text] of scripts) {
    const file = join(dir, name);
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  for (const name of readdirSync(dir, { recursive: true })) {
    if (/\.js(?:\.map)?$/.test(name) && !scripts.has(name)) rmSync(join(dir, name));
  }
}
