import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import tls from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32, gunzipSync } from 'node:zlib';
import type { Entry } from '@tracehub/core-sender';
import { afterTest } from './after-test.ts';

/** One thing the server does on a connection. */
export type Step =
  | { do: 'send'; text: string }
  | { do: 'wait'; ms: number }
  /** Sends byte after byte. */
  | { do: 'drip'; text: string; everyMs: number }
  /** Sends the same again and again until the client goes away. */
  | { do: 'repeat'; text: string; everyMs: number }
  /** Keeps the entries of the request, as if they were committed. */
  | { do: 'store' }
  /** Ends the connection: with RST, with FIN after what was sent, or its writing half only. */
  | { do: 'reset' }
  | { do: 'close' }
  | { do: 'half-close' }
  /** Says nothing more, for as long as the client holds on. */
  | { do: 'hang' };

/** A request that came whole. */
export interface SeenRequest {
  /** Counts whole requests, from 0. */
  index: number;
  /** Counts connections, from 0; and requests begun on this one. */
  connection: number;
  onConnection: number;
  /** Monotonic ms of its last byte, and of the first byte of the answer. */
  at: number;
  answeredAt: number | undefined;
  head: string;
  wireBytes: number;
  rawBytes: number;
  /** Entries in it; an empty array is a probe. */
  count: number;
  /** Empty when the server keeps ids only. */
  entries: Entry[];
  ids: string[];
  isStored: boolean;
}

/** Where a request stands when its first byte arrives. */
interface BegunRequest {
  /** Counts begun requests, from 0. */
  index: number;
  connection: number;
  onConnection: number;
}

/** What the server does. Whatever is left out, or gives undefined, is done as TraceHub does it. */
export interface Plan {
  /** Asked for each connection before anything is read; its steps are all that happens on it. */
  onConnection?(index: number): Step[] | undefined;
  /** Asked at the first byte of a request: reads `bytes` of it, head included, then does `steps` and no more. */
  onRequest?(request: BegunRequest): { bytes: number; steps: Step[] } | undefined;
  /** Asked when a request is there as a whole. */
  onWhole?(request: SeenRequest): Step[] | undefined;
}

/** What became of one id. */
interface IdRecord {
  checksum: number;
  /** Times it came in a request that was read whole; of those, how often it was kept. */
  seen: number;
  stored: number;
}

export interface FaultServerOptions {
  plan?: Plan;
  port?: number;
  /** Serves TLS with these. */
  tls?: { key: string; cert: string };
  /** false keeps ids and checksums only: for a million entries. */
  keepEntries?: boolean;
}

export interface FaultServer {
  readonly url: string;
  readonly port: number;
  plan: Plan;
  /** Whole requests, probes included, in order. */
  readonly requests: readonly SeenRequest[];
  /** Connections made, and requests of which at least a byte came. */
  readonly connections: number;
  readonly begun: number;
  readonly ids: ReadonlyMap<string, IdRecord>;
  /** What no client of ours may ever send: torn bodies with a whole length, one id with two payloads. */
  readonly faults: readonly string[];
  /** Entries kept, in order; with `keepEntries` only. */
  stored(): Entry[];
  /** Resolves when at least `count` distinct ids are kept; rejects after `ms`. */
  waitForStored(count: number, ms?: number): Promise<void>;
  /** Refuses connections and resets those there are. */
  stop(): Promise<void>;
  /** Listens again, on the same port. */
  restart(): Promise<void>;
}

/** Starts a server on raw sockets that does what its plan says and records what it saw. It ends with the test. */
export async function startFaultServer(options: FaultServerOptions = {}): Promise<FaultServer> {
  const server = new RawServer(options);
  await server.listen(options.port ?? 0);
  afterTest(() => server.stop());
  return server;
}

class RawServer implements FaultServer {
  plan: Plan;
  readonly requests: SeenRequest[] = [];
  readonly ids = new Map<string, IdRecord>();
  readonly faults: string[] = [];
  readonly #options: FaultServerOptions;
  readonly #sockets = new Set<Socket>();
  #server: net.Server | undefined;
  #port = 0;
  #distinctStored = 0;
  #begun = 0;
  #connections = 0;

  constructor(options: FaultServerOptions) {
    this.#options = options;
    this.plan = options.plan ?? {};
  }

  get port(): number {
    return this.#port;
  }
  get url(): string {
    return `${this.#options.tls ? 'https' : 'http'}://127.0.0.1:${this.#port}`;
  }
  get connections(): number {
    return this.#connections;
  }
  get begun(): number {
    return this.#begun;
  }

  stored(): Entry[] {
    return this.requests.filter((request) => request.isStored).flatMap((request) => request.entries);
  }

  async waitForStored(count: number, ms = 10_000): Promise<void> {
    const end = performance.now() + ms;
    while (this.#distinctStored < count) {
      if (performance.now() > end)
        throw new Error(`${this.#distinctStored} of ${count} entries within ${ms} ms`);
      await sleep(2);
    }
  }

  async listen(port: number): Promise<void> {
    const { tls: secure } = this.#options;
    const onSocket = (socket: Socket): void => this.#accept(socket);
    const server = secure
      ? tls.createServer({ ...secure, allowHalfOpen: true }, onSocket)
      : net.createServer({ allowHalfOpen: true, noDelay: true }, onSocket);
    // A client that does not trust the certificate ends the handshake: part of the plan.
    server.on('tlsClientError', () => {});
    server.on('connection', (socket: Socket) => this.#hold(socket));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  async restart(): Promise<void> {
    await this.listen(this.#port);
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.#sockets) {
      // Node does not let go of a socket that is reset while it ends.
      if (socket.writableEnded) socket.destroy();
      else socket.resetAndDestroy();
    }
    await closed;
  }

  #hold(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
  }

  #accept(socket: Socket): void {
    const index = this.#connections++;
    socket.on('error', () => {});
    const steps = this.plan.onConnection?.(index);
    if (steps) return void this.#perform(socket, steps, undefined);
    void this.#serve(socket, index);
  }

  /** Reads one request after another until the connection ends. */
  async #serve(socket: Socket, connection: number): Promise<void> {
    const input = new Input(socket);
    for (let onConnection = 0; await input.atLeast(1); onConnection++) {
      const begun = { index: this.#begun++, connection, onConnection };
      const cut = this.plan.onRequest?.(begun);
      if (cut) {
        await input.atLeast(cut.bytes);
        await this.#perform(socket, cut.steps, undefined);
        return;
      }
      const message = await readMessage(input);
      if (!message) break;
      const request = this.#record(message, connection, onConnection);
      const goesOn = await this.#perform(socket, this.plan.onWhole?.(request) ?? accept(request), request);
      if (!goesOn) return;
    }
    socket.end();
  }

  #record(message: Message, connection: number, onConnection: number): SeenRequest {
    const request: SeenRequest = {
      index: this.requests.length,
      connection,
      onConnection,
      at: performance.now(),
      answeredAt: undefined,
      head: message.head,
      wireBytes: message.body.length,
      rawBytes: 0,
      count: 0,
      entries: [],
      ids: [],
      isStored: false,
    };
    try {
      const raw = /^content-encoding: gzip\r?$/im.test(message.head)
        ? gunzipSync(message.body)
        : message.body;
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw);
      const entries = JSON.parse(text) as Entry[];
      request.rawBytes = raw.length;
      request.count = entries.length;
      if (this.#options.keepEntries !== false) request.entries = entries;
      request.ids = entries.map((entry) => entry.id);
      for (const entry of entries) this.#see(entry);
    } catch (error) {
      this.faults.push(`request ${request.index} cannot be read: ${String(error)}`);
    }
    this.requests.push(request);
    return request;
  }

  #see(entry: Entry): void {
    const checksum = crc32(JSON.stringify(entry));
    const record = this.ids.get(entry.id);
    if (!record) this.ids.set(entry.id, { checksum, seen: 1, stored: 0 });
    else if (record.checksum === checksum) record.seen++;
    else this.faults.push(`${entry.id} came with two payloads`);
  }

  #store(request: SeenRequest | undefined): void {
    if (!request || request.isStored) return;
    request.isStored = true;
    for (const id of request.ids) {
      const record = this.ids.get(id);
      if (record && record.stored++ === 0) this.#distinctStored++;
    }
  }

  /** Gives whether the connection goes on. */
  async #perform(socket: Socket, steps: readonly Step[], request: SeenRequest | undefined): Promise<boolean> {
    for (const step of steps) {
      if (socket.destroyed && step.do !== 'store') return false;
      if (request && (step.do === 'send' || step.do === 'drip')) request.answeredAt ??= performance.now();
      switch (step.do) {
        case 'send':
          socket.write(step.text);
          break;
        case 'wait':
          await sleep(step.ms);
          break;
        case 'drip':
          for (const byte of step.text) {
            if (socket.destroyed) return false;
            socket.write(byte);
            await sleep(step.everyMs);
          }
          break;
        case 'repeat':
          while (!socket.destroyed) {
            socket.write(step.text);
            await sleep(step.everyMs);
          }
          return false;
        case 'store':
          this.#store(request);
          break;
        case 'reset':
          socket.resetAndDestroy();
          return false;
        case 'close':
          socket.destroySoon();
          return false;
        case 'half-close':
          socket.end();
          socket.resume();
          return false;
        case 'hang':
          socket.resume();
          // The client's own end is answered, or the connection would stay half open for ever.
          socket.on('end', () => socket.destroy());
          return false;
      }
    }
    return !socket.destroyed;
  }
}

/** The bytes of a connection, taken as they are needed. */
class Input {
  readonly #socket: Socket;
  #data: Buffer = Buffer.alloc(0);
  #chunks: Buffer[] = [];
  #size = 0;
  #isOver = false;
  #wake = (): void => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    const over = (): void => {
      this.#isOver = true;
      this.#wake();
    };
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#size += chunk.length;
      this.#wake();
    });
    socket.on('end', over);
    socket.on('close', over);
  }

  /** All that is there, in one piece. */
  get data(): Buffer {
    if (this.#chunks.length > 0) this.#data = Buffer.concat([this.#data, ...this.#chunks.splice(0)]);
    return this.#data;
  }

  /** Resolves to false when the connection ends before so many bytes are there. */
  async atLeast(bytes: number): Promise<boolean> {
    while (this.#size < bytes && !this.#isOver) {
      this.#socket.resume();
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.#size >= bytes;
  }

  take(bytes: number): Buffer {
    const { data } = this;
    this.#data = data.subarray(bytes);
    this.#size -= bytes;
    return data.subarray(0, bytes);
  }

  /** Offset of `text`; -1 when the connection ends before it comes. */
  async find(text: string): Promise<number> {
    for (;;) {
      const at = this.data.indexOf(text);
      if (at >= 0 || !(await this.atLeast(this.#size + 1))) return at;
    }
  }
}

interface Message {
  head: string;
  body: Buffer;
}

async function readMessage(input: Input): Promise<Message | undefined> {
  const end = await input.find('\r\n\r\n');
  if (end < 0) return undefined;
  const head = input.take(end + 4).toString('latin1');
  if (/^transfer-encoding: chunked\r?$/im.test(head)) return readChunked(input, head);
  const length = Number(/^content-length: (\d+)\r?$/im.exec(head)?.[1] ?? 0);
  return (await input.atLeast(length)) ? { head, body: input.take(length) } : undefined;
}

async function readChunked(input: Input, head: string): Promise<Message | undefined> {
  const parts: Buffer[] = [];
  for (;;) {
    const lineEnd = await input.find('\r\n');
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(input.take(lineEnd + 2).toString('latin1'), 16);
    if (!(await input.atLeast(size + 2))) return undefined;
    parts.push(input.take(size));
    input.take(2);
    if (size === 0) return { head, body: Buffer.concat(parts) };
  }
}

/** A whole answer. */
export function respond(status: number, body: unknown = '', headers: Record<string, string> = {}): Step {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const all = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return { do: 'send', text: `HTTP/1.1 ${status} Status\r\n${lines.join('')}\r\n${text}` };
}

/** What TraceHub does: keeps the entries and says how many. */
export function accept(request: SeenRequest): Step[] {
  return [{ do: 'store' }, respond(202, { accepted: request.count })];
}

/** The body of a real TraceHub 500: the same for an outage and for a bad entry. */
export function serverError(): Step[] {
  return [respond(500, { detail: 'Internal server error' })];
}
