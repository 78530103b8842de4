// Node reads dist/cjs as CommonJS only when the nearest package.json says so.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
for (const name of readdirSync(import.meta.dirname)) {
  const dir = `${import.meta.dirname}/${name}/dist/cjs`;
  if (existsSync(dir)) writeFileSync(`${dir}/package.json`, '{ "type": "commonjs" }\n');
}
