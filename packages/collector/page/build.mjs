// Makes dist/page, what the collector serves: one script, one style sheet and two fonts, nothing from elsewhere.
import { copyFile } from 'node:fs/promises';
import { build } from 'esbuild';

const outdir = `${import.meta.dirname}/../dist/page`;

await build({
  entryPoints: [
    { in: `${import.meta.dirname}/src/page.tsx`, out: 'page' },
    { in: `${import.meta.dirname}/page.css`, out: 'page' },
  ],
  outdir,
  bundle: true,
  minify: true,
  sourcemap: true,
  format: 'esm',
  // What runs the CSS function light-dark().
  target: ['chrome123', 'firefox120', 'safari17.5'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  loader: { '.woff2': 'file' },
  assetNames: '[name]',
  // The licences of what is bundled ask to be named.
  legalComments: 'linked',
});
for (const name of ['index.html', 'icon.svg']) {
  await copyFile(`${import.meta.dirname}/${name}`, `${outdir}/${name}`);
}
