// Lives through the same number of rounds twice (entries delivered, an outage that fills the disk, its replay) and
// prints how many objects of each constructor the heap holds after the first and after the second time.
import { createServer } from 'node:http';
import { getHeapSnapshot } from 'node:v8';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROFILE, createSender } from '../../crash/programs/core-sender.mjs';
import { numberedRecord } from '../../crash/programs/numbered.mjs';

const { rounds, entries, options } = JSON.parse(process.argv[2]);
let isUp = true;
const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(isUp ? 202 : 503).end());
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
server.unref();
const sender = createSender({ ...options, endpoint: `http://127.0.0.1:${server.address().port}` }, PROFILE);

let logged = 0;
function log(count) {
  for (let n = 0; n < count; n++) sender.send(numberedRecord('heap', ++logged));
}

async function round() {
  log(entries);
  await sender.flush();
  isUp = false;
  log(entries);
  await sender.flush();
  isUp = true;
  while (sender.stats().delivered < logged) await sleep(20);
}

/** Objects on the heap by constructor, and the bytes of all but compiled code, which comes when V8 finds the time. */
async function objects() {
  // What is not referred to any more may take several collections to go.
  for (let time = 0; time < 5; time++) {
    await sleep(50);
    globalThis.gc();
  }
  const { snapshot, nodes, strings } = await json(getHeapSnapshot());
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, name, size] = ['type', 'name', 'self_size'].map((field) => fields.indexOf(field));
  const counts = {};
  let bytes = 0;
  for (let node = 0; node < nodes.length; node += fields.length) {
    const kind = types[0][nodes[node + type]];
    if (kind !== 'code') bytes += nodes[node + size];
    if (kind !== 'object') continue;
    const constructor = strings[nodes[node + name]];
    counts[constructor] = (counts[constructor] ?? 0) + 1;
  }
  return { counts, bytes };
}

const seen = [];
for (let time = 0; time < 3; time++) {
  for (let count = 0; count < rounds; count++) await round();
  // The first is the warm-up: modules, compiled code, pools.
  if (time > 0) seen.push(await objects());
}
const stats = sender.stats();
await sender.close();
console.log(`end ${JSON.stringify({ logged, stats, before: seen[0], after: seen[1] })}`);
