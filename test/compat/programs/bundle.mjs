// Bundles a program with everything it uses, for Node, as the documentation of each bundler has it:
// node bundle.mjs <bundler> <entry> <outdir> <packages that stay outside…>
import { basename, dirname } from 'node:path';
import { build as esbuild } from 'esbuild';
import { build as vite } from 'vite';
import webpack from 'webpack';

const [bundler, entry, outdir, ...external] = process.argv.slice(2);
const isModule = entry.endsWith('.mjs');

/** What bunyan asks for if it is there. */
const optional = ['dtrace-provider', 'mv', 'safe-json-stringify', 'source-map-support'];

/** esbuild and Vite leave `require` of Node's own modules in what they make of CommonJS. */
const requireForModules = [
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url);',
].join('\n');

const bundlers = {
  esbuild: () =>
    esbuild({
      entryPoints: [entry],
      outfile: `${outdir}/${basename(entry)}`,
      bundle: true,
      platform: 'node',
      format: isModule ? 'esm' : 'cjs',
      banner: isModule ? { js: requireForModules } : {},
      minify: true,
      external: [...optional, ...external],
      logLevel: 'warning',
    }),

  vite: () =>
    vite({
      root: dirname(entry),
      configFile: false,
      logLevel: 'warn',
      ssr: { noExternal: true, external },
      build: {
        ssr: entry,
        outDir: outdir,
        emptyOutDir: false,
        rollupOptions: {
          external: optional,
          output: {
            format: isModule ? 'es' : 'cjs',
            entryFileNames: basename(entry),
          },
        },
      },
    }),

  webpack: () =>
    new Promise((resolve, reject) => {
      webpack(
        {
          mode: 'production',
          // esbuild's bundles show that it does no harm; here it would take a quarter of a minute each.
          optimization: { minimize: false },
          target: 'node20',
          context: dirname(entry),
          entry,
          experiments: { outputModule: isModule },
          output: { path: outdir, filename: basename(entry), module: isModule },
          externalsType: isModule ? 'module' : 'commonjs',
          externals: external,
          ignoreWarnings: optional.map((name) => new RegExp(`resolve '${name}'`)),
        },
        (error, stats) => {
          if (error) reject(error);
          else if (stats.hasErrors()) reject(new Error(stats.toString('errors-only')));
          else resolve(undefined);
        },
      );
    }),
};

await bundlers[bundler]();
