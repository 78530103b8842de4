// Bundles an app that logs through pino's worker: node build.cjs <entry> <outdir>
const { build } = require('esbuild');
const esbuildPluginPino = require('esbuild-plugin-pino');

const [entry, outdir] = process.argv.slice(2);

void build({
  entryPoints: { app: entry },
  outdir,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  plugins: [esbuildPluginPino({ transports: ['@tracehub/pino'] })],
});
