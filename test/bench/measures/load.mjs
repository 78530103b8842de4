import { createRequire } from 'node:module';

const HTTP_CODE = /[\\/]node_modules[\\/](\.pnpm[\\/])?undici[@\\/]/;
const BUILT_IN_HTTP = /^NativeModule (_http_client|_http_agent|https?|http2|internal\/deps\/undici\/undici)$/;

/** Time to load the package on the app thread, after its logger; and undici after it, as a yardstick of the machine. */
export default async function load({ subject, report }) {
  await import(subject.family);
  const httpBefore = httpModules();
  const start = performance.now();
  await import(subject.package);
  const loadMs = performance.now() - start;
  const loaded = httpModules().length - httpBefore.length;
  report({ loadMs, httpModules: loaded, toUndici: loadMs / (await undiciMs()), isMeasured: true });
}

async function undiciMs() {
  const start = performance.now();
  await import('undici');
  return performance.now() - start;
}

function httpModules() {
  const loaded = Object.keys(createRequire(import.meta.url).cache).filter((file) => HTTP_CODE.test(file));
  return [...loaded, ...process.moduleLoadList.filter((name) => BUILT_IN_HTTP.test(name))];
}
