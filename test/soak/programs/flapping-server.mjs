// A server for numbered entries in a mode that it is told on stdin; knows of each entry how often it came, in a byte.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { crc32, gunzipSync } from 'node:zlib';

/** Below the ports the system gives to clients: one of those that knock while it refuses would take its place. */
const FIRST_PORT = 20_000;
const PORTS = 10_000;

/** Copies of each entry, by app. */
const copies = new Map();
const torn = [];
/** Entries kept in requests whose answer did not leave: only those may come again. */
let unanswered = 0;
let mode = 'up';
let requests = 0;

function keep(entries) {
  for (const { id, message } of entries) {
    // The sender's own notice of drops is not numbered.
    if (/-s\d+$/.test(id)) continue;
    const [, text = '', app = '', n, sum] = /^((\S+) (\d+) .*) ([0-9a-f]{8})$/s.exec(message) ?? [];
    if (sum === undefined || crc32(text) !== Number.parseInt(sum, 16)) torn.push(message);
    else count(app, Number(n));
  }
}

function count(app, n) {
  let counts = copies.get(app) ?? new Uint8Array(2 ** 20);
  if (n >= counts.length) {
    const more = new Uint8Array(2 ** Math.ceil(Math.log2(n + 1)));
    more.set(counts);
    counts = more;
  }
  counts[n] = Math.min(counts[n] + 1, 255);
  copies.set(app, counts);
}

function answer(request, response, body) {
  const isOdd = requests++ % 2 === 1;
  if (mode === '503') return response.writeHead(503, isOdd ? { 'retry-after': '1' } : {}).end();
  if (mode === 'hang') return;
  if (mode === 'reset') return request.socket.resetAndDestroy();
  const entries = JSON.parse(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
  keep(entries);
  unanswered += entries.length;
  if (mode === 'forgetful' && isOdd) return request.socket.resetAndDestroy();
  response.on('finish', () => (unanswered -= entries.length));
  response.writeHead(202).end(JSON.stringify({ accepted: entries.length }));
}

function report() {
  const apps = {};
  for (const [app, counts] of copies) {
    const tally = { received: 0, copies: 0, highest: counts.findLastIndex((times) => times > 0) };
    for (const times of counts) {
      if (times > 0) tally.received++;
      tally.copies += times;
    }
    apps[app] = tally;
  }
  return { apps, torn, unanswered, requests };
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => answer(request, response, Buffer.concat(chunks)));
});

async function listen(port) {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

async function setMode(next) {
  mode = next;
  if (mode !== 'refuse' && !server.listening) return listen(port);
  if (mode !== 'refuse') return;
  server.close();
  server.closeAllConnections();
}

const port = FIRST_PORT + (process.pid % PORTS);
await listen(port);
console.log(`listening ${port}`);
for await (const line of createInterface(process.stdin)) {
  if (line === 'report') console.log(`report ${JSON.stringify(report())}`);
  else await setMode(line);
}
