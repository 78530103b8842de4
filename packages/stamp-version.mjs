// `sdk_version` is a constant in the source, because a bundle has no package.json to read it from; run by `version`.
import { readFileSync, writeFileSync } from 'node:fs';

for (const name of ['pino', 'winston', 'bunyan', 'logger', 'cli']) {
  const directory = `${import.meta.dirname}/${name}`;
  const { version } = JSON.parse(readFileSync(`${directory}/package.json`, 'utf8'));
  const file = `${directory}/src/version.ts`;
  const source = readFileSync(file, 'utf8');
  writeFileSync(file, source.replace(/'[\w-]+\/[^']*'/, `'${name}/${version}'`));
}
