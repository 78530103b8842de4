import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import type { Entry } from '@tracehub/core-sender';
import { afterTest } from './after-test.ts';

/** What the receiver does with one request instead of accepting it. */
type ScriptedAnswer =
  /** Answers without keeping the entries. */
  | { status: number; body?: string; headers?: Record<string, string> }
  /** Closes the connection: before the body was read, or after the entries were kept. */
  | { reset: 'before' | 'after' }
  /** Keeps the entries and never answers. */
  | { hang: true };

/** A batch as it came. */
export interface ReceivedBatch {
  entries: Entry[];
  apiKey: string | undefined;
  /** Size of the body on the wire and after unpacking. */
  wireBytes: number;
  rawBytes: number;
}

export interface Receiver {
  readonly url: string;
  /** Every batch whose entries were kept, in order. */
  readonly batches: readonly ReceivedBatch[];
  /** Requests in all, refused ones included. */
  readonly requests: number;
  /** Bodies that were no gzip, no UTF-8, no JSON or no array. */
  readonly faults: readonly string[];
  /** The entries of all batches in the order in which they came. */
  entries(): Entry[];
  /** How often each id came. */
  ids(): Map<string, number>;
  /** Entries beyond the first with the same id. */
  duplicates(): number;
  /** The next requests get these answers, one each; those after them are accepted. */
  answerNext(...answers: ScriptedAnswer[]): void;
  /** Every request gets this answer, until called with undefined. */
  answerAlways(answer: ScriptedAnswer | undefined): void;
  /** Resolves when at least `count` entries were kept; rejects after `ms`. */
  waitFor(count: number, ms?: number): Promise<void>;
  /** Stops listening and resolves when no socket is left; those that stay open for long are destroyed and named. */
  close(): Promise<void>;
}

/** Clients close idle sockets within 4 s (contract.md 7.11), and at once when they are closed themselves. */
const SOCKETS_GONE_MS = 5_000;

/** Starts a server that behaves like `POST /api/v1/ingest`, on a free loopback port or the one given. */
export async function startReceiver(port = 0): Promise<Receiver> {
  const batches: ReceivedBatch[] = [];
  const faults: string[] = [];
  const script: ScriptedAnswer[] = [];
  const sockets = new Set<Socket>();
  let standing: ScriptedAnswer | undefined;
  let requests = 0;
  let kept = 0;
  let onKept = (): void => {};

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requests++;
    const answer = script.shift() ?? standing;
    if (answer && 'reset' in answer && answer.reset === 'before') return void request.socket.destroy();
    const batch = await readBatch(request);
    if (typeof batch === 'string') {
      faults.push(batch);
      return send(response, 500, '{"detail":"Internal server error"}');
    }
    if (answer && 'status' in answer) {
      return send(response, answer.status, answer.body ?? '', answer.headers);
    }
    // An empty array is a probe.
    if (batch.entries.length > 0) batches.push(batch);
    kept += batch.entries.length;
    onKept();
    if (answer && 'reset' in answer) return void request.socket.destroy();
    if (answer && 'hang' in answer) return;
    send(response, 202, JSON.stringify({ accepted: batch.entries.length }));
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      // A client that goes away in the middle is part of many tests.
      if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') faults.push(String(error));
      request.socket.destroy();
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    const deadline = performance.now() + SOCKETS_GONE_MS;
    const closed = once(server, 'close');
    server.close();
    while (sockets.size > 0 && performance.now() < deadline) await sleep(5);
    const left = sockets.size;
    for (const socket of sockets) socket.destroy();
    await closed;
    if (left > 0) throw new Error(`${left} sockets to the receiver were still open`);
  }

  const receiver: Receiver = {
    url,
    batches,
    faults,
    get requests() {
      return requests;
    },
    entries: () => batches.flatMap((batch) => batch.entries),
    ids() {
      const ids = new Map<string, number>();
      for (const { entries } of batches) for (const { id } of entries) ids.set(id, (ids.get(id) ?? 0) + 1);
      return ids;
    },
    duplicates() {
      return kept - receiver.ids().size;
    },
    answerNext: (...answers) => void script.push(...answers),
    answerAlways: (answer) => void (standing = answer),
    async waitFor(count, ms = 10_000) {
      const deadline = performance.now() + ms;
      while (kept < count) {
        if (performance.now() > deadline)
          throw new Error(`only ${kept} of ${count} entries came within ${ms} ms`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, 50);
          onKept = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
    close: () => (closing ??= close()),
  };
  afterTest(() => receiver.close());
  return receiver;
}

/** The batch in a request, or what is wrong with its body. */
async function readBatch(request: IncomingMessage): Promise<ReceivedBatch | string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const wire = Buffer.concat(chunks);
  try {
    const raw = request.headers['content-encoding'] === 'gzip' ? gunzipSync(wire) : wire;
    // Strict as the server is: wrong UTF-8 and a byte order mark are refused.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw);
    const entries: unknown = JSON.parse(text);
    if (!Array.isArray(entries)) return 'the body is no array';
    const apiKey = request.headers['x-api-key'];
    return {
      entries: entries as Entry[],
      apiKey: Array.isArray(apiKey) ? apiKey[0] : apiKey,
      wireBytes: wire.length,
      rawBytes: raw.length,
    };
  } catch (error) {
    return `the body cannot be read: ${String(error)}`;
  }
}

function send(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}
