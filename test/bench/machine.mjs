import { createRequire } from 'node:module';
import { cpus, loadavg, totalmem } from 'node:os';
import { readFileSync } from 'node:fs';
import { SUBJECTS } from './subjects/index.mjs';

/** One paragraph: what it ran on, and the versions. @param {number} loadBefore load average when the run began */
export function describeMachine(loadBefore) {
  const memory = Math.round(totalmem() / 2 ** 30);
  const load = `${loadBefore.toFixed(1)} to ${loadavg()[0].toFixed(1)}`;
  return (
    `Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, ${memory} GiB, loopback, load average ${load}. ` +
    `${versions().join(', ')}.`
  );
}

function versions() {
  const peers = SUBJECTS.filter(({ kind }) => kind === 'peer').map((subject) => subject.package);
  const names = new Set(['pino', 'winston', 'bunyan', 'undici', ...peers]);
  return [...names].flatMap((name) => {
    const version = name && versionOf(name);
    return version ? [`${name} ${version}`] : [];
  });
}

/** Looked up in the folders: packages do not let their package.json be imported. */
function versionOf(name) {
  for (const folder of createRequire(import.meta.url).resolve.paths(name)) {
    try {
      return JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8')).version;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}
