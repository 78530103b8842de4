import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';

/**
 * One server for many senders: each has a path of its own, and with it a mode (`up`, `down`, `poison`: refuses
 * batches with an entry whose number is a multiple of seven) and a budget of batches after which it goes down.
 */
export async function startModalServer() {
  const modes = new Map();
  const lives = new Map();

  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const [, id] = request.url.split('/');
      const state = modes.get(id) ?? { mode: 'up', batches: Infinity };
      const data = Buffer.concat(chunks);
      const entries = JSON.parse(request.headers['content-encoding'] === 'gzip' ? gunzipSync(data) : data);
      if (entries.length > 0 && state.mode === 'up' && state.batches-- <= 0) state.mode = 'down';
      if (state.mode === 'down') return response.writeHead(503, { 'retry-after': '1' }).end();
      // The sender's own notice of drops is not numbered.
      const numbered = entries.flatMap(({ message }) => {
        const match = /^(\S+) (\d+) /.exec(message);
        return match && match[1].startsWith(id) ? [match] : [];
      });
      if (state.mode === 'poison' && numbered.some(([, , n]) => n % 7 === 0))
        return response.writeHead(400).end();
      for (const [, life, n] of numbered) {
        const numbers = lives.get(life) ?? new Map();
        lives.set(life, numbers.set(Number(n), (numbers.get(Number(n)) ?? 0) + 1));
      }
      response.writeHead(202).end(JSON.stringify({ accepted: entries.length }));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  return {
    at: (id) => `http://127.0.0.1:${port}/${id}`,
    set: (id, mode, batches = Infinity) => void modes.set(id, { mode, batches }),
    numbers: (life) => lives.get(life) ?? new Map(),
    forget(id) {
      modes.delete(id);
      for (const life of lives.keys()) if (life.startsWith(`${id}:`)) lives.delete(life);
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
