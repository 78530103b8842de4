// Makes dist/page, what the collector serves: one script, one style sheet and two fonts, nothing from elsewhere.
import { copyFile, readFile, writeFile } from 'node:fs/promises';
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
  format: 'esm',
  // What runs the CSS function light-dark().
  target: ['chrome123', 'firefox120', 'safari17.5'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  loader: { '.woff2': 'file' },
  assetNames: '[name]',
});
for (const name of ['index.html', 'icon.svg']) {
  await copyFile(`${import.meta.dirname}/${name}`, `${outdir}/${name}`);
}

// The licences of what is bundled ask to go with it.
const bundled = [
  'preact',
  'wouter-preact',
  'uplot',
  'eventsource-parser',
  '@fontsource-variable/inter',
  '@fontsource-variable/jetbrains-mono',
];
const licences = await Promise.all(
  bundled.map(async (name) => {
    const folder = `${import.meta.dirname}/../node_modules/${name}`;
    const { license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
    const text = await readFile(`${folder}/LICENSE`, 'utf8').catch(() => '');
    return `${name}: ${license}\n\n${text}`;
  }),
);
await writeFile(`${outdir}/LICENSES.txt`, licences.join('\n\n'));
