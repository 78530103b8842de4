import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../../packages/collector/dist/esm/cli.js', import.meta.url));
const load = fileURLToPath(new URL('load.mjs', import.meta.url));

/** Starts a collector's process and waits until it listens. */
export async function startCollector(args) {
  const child = spawn(process.execPath, [program, '--port', '0', ...args], {
    env: { PATH: process.env.PATH, TRACEHUB_DEV_KEY: 'th_bench' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  while (!output.includes('\n')) output += String((await once(child.stdout, 'data'))[0]);
  const url = /listening on (http:\S+)/.exec(output)[1];
  return {
    url,
    /** Resident memory, in MiB. */
    memory: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]) / 1024,
    /** CPU time so far, in seconds. */
    cpu() {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    /** A counter of `/metrics`. */
    async count(name) {
      const text = await (await fetch(`${url}/metrics`)).text();
      return Number(new RegExp(`^tracehub_${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
    },
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** Starts the load generator; `run` begins and resolves with what it measured. */
export async function startLoad(url, entries, batchSize, connections) {
  const child = spawn(process.execPath, [load, url, entries, batchSize, connections].map(String), {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  while (!output.includes('ready')) await once(child.stdout, 'data');
  return async () => {
    child.stdin.write('go\n');
    await once(child, 'close');
    return JSON.parse(output.split('\n')[1]);
  };
}
