/*
 * Which libraries are in the process once a package is loaded, as ES module or as CommonJS, and once a sender has
 * started. Those that are ES modules themselves are not seen; all that matter here are CommonJS.
 */
import { createRequire } from 'node:module';
import { setTimeout } from 'node:timers/promises';

const [name, format] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const load = (file) => (format === 'cjs' ? require(file) : import(file));

await load(name);
const onLoad = libraries();
const { createSender } = await load('@tracehub/core-sender');
const options = { apiKey: 'th_test', endpoint: 'http://127.0.0.1:9', service: 'shop', environment: 'test' };
createSender(options, { sdkVersion: 'test/1.0.0' });
await setTimeout(500);
process.stdout.write(`${JSON.stringify({ onLoad, onStart: libraries() })}\n`);

function libraries() {
  const names = Object.keys(require.cache).flatMap(
    (file) => /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(file)?.[1] ?? [],
  );
  return [...new Set(names)];
}
