/*
 * A process that posts distinct entries, all made and gzipped before the clock starts, over some connections, and
 * prints how long that took. Arguments: address, entries, batch size, connections.
 */
import http from 'node:http';
import { gzipSync } from 'node:zlib';
import { makeEntry } from './entries.mjs';

const [address, entries, batchSize, connections] = process.argv.slice(2);
const bodies = [];
for (let first = 0; first < Number(entries); first += Number(batchSize)) {
  const batch = Array.from({ length: Math.min(Number(batchSize), entries - first) }, (_, n) =>
    makeEntry(first + n),
  );
  bodies.push(gzipSync(JSON.stringify(batch), { level: 1 }));
}

const agent = new http.Agent({ keepAlive: true, maxSockets: Number(connections) });
const times = [];

function post(body) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const request = http.request(
      `${address}/api/v1/ingest`,
      {
        method: 'POST',
        agent,
        headers: { 'x-api-key': 'th_bench', 'content-encoding': 'gzip', 'content-length': body.length },
      },
      (response) => {
        response.resume();
        response.on('end', () => {
          times.push(performance.now() - start);
          if (response.statusCode === 202) resolve();
          else reject(new Error(`answered with ${response.statusCode}`));
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

console.log('ready');
await new Promise((resolve) => process.stdin.once('data', resolve));
const start = performance.now();
let next = 0;
await Promise.all(
  Array.from({ length: Number(connections) }, async () => {
    while (next < bodies.length) await post(bodies[next++]);
  }),
);
const seconds = (performance.now() - start) / 1000;
agent.destroy();
times.sort((a, b) => a - b);
const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
console.log(JSON.stringify({ seconds, p50: at(0.5), p99: at(0.99) }));
process.stdin.destroy();
