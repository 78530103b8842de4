import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32, gunzipSync } from 'node:zlib';
import type { Entry } from '@tracehub/core-sender';
import { afterTest } from '../../kit/after-test.ts';

/** `half`: every other batch is accepted, so that a replay breaks off in the middle of a segment. */
export type ServerMode = 'up' | '503' | 'refuse' | 'hang' | 'half';

/** A server for numbered entries that goes up and down on one port: the port is part of the destination. */
export interface NumberedReceiver {
  readonly url: string;
  /** How often each number of a life came. */
  numbers(life: string): ReadonlyMap<number, number>;
  /** Entries whose checksum does not hold, and bodies that cannot be read. */
  readonly torn: readonly string[];
  setMode(mode: ServerMode): Promise<void>;
}

export async function startNumberedReceiver(): Promise<NumberedReceiver> {
  const lives = new Map<string, Map<number, number>>();
  const torn: string[] = [];
  let mode: ServerMode = 'up';
  let batches = 0;

  function keep(entries: Entry[]): void {
    for (const { message } of entries) {
      if (message.startsWith('TraceHub sender dropped')) continue;
      const [, text = '', life = '', n, sum] = /^((\S+) (\d+) .*) ([0-9a-f]{8})$/s.exec(message) ?? [];
      if (sum === undefined || crc32(text) !== Number.parseInt(sum, 16)) {
        torn.push(message);
        continue;
      }
      const numbers = lives.get(life) ?? new Map<number, number>();
      lives.set(life, numbers.set(Number(n), (numbers.get(Number(n)) ?? 0) + 1));
    }
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      // Nothing of a server that is down or hangs may count as received.
      if (mode === 'hang') return;
      if (mode === '503') return void response.writeHead(503, { 'retry-after': '0.2' }).end();
      const entries = readBody(Buffer.concat(chunks), request.headers['content-encoding'], torn);
      if (!entries) return void response.writeHead(500).end();
      if (mode === 'half' && entries.length > 0 && batches++ % 2 === 1) {
        return void response.writeHead(503, { 'retry-after': '0.2' }).end();
      }
      keep(entries);
      response.writeHead(202).end(JSON.stringify({ accepted: entries.length }));
    });
  });
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  afterTest(() => stop(server));

  return {
    url: `http://127.0.0.1:${port}`,
    torn,
    numbers: (life) => lives.get(life) ?? new Map<number, number>(),
    async setMode(next) {
      mode = next;
      if (next === 'refuse') await stop(server);
      else if (!server.listening) await listen(server, port);
    },
  };
}

function readBody(body: Buffer, encoding: string | undefined, torn: string[]): Entry[] | undefined {
  try {
    return JSON.parse((encoding === 'gzip' ? gunzipSync(body) : body).toString('utf8')) as Entry[];
  } catch (error) {
    torn.push(String(error));
    return undefined;
  }
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

async function stop(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
