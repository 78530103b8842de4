import { randomBytes } from 'node:crypto';
import { type Gzip, gunzipSync } from 'node:zlib';
import type net from 'node:net';
import { Pool } from 'undici';
import { describe, expect, it, vi } from 'vitest';
import { toJsonBytes } from '../src/entry/encoded-entry.ts';
import { TraceHubTransportError } from '../src/errors.ts';
import { BodyEncoder } from '../src/send/encode-body.ts';
import { answerToOutcome, failureToOutcome } from '../src/send/outcome.ts';
import { createTransport } from './stages.ts';
import { DEAD_ENDPOINT, ingestServer, rawServer, until } from './support.ts';

/** Every stream that packs. */
const made = vi.hoisted((): Gzip[] => []);

vi.mock(import('node:zlib'), async (importOriginal) => {
  const zlib = await importOriginal();
  const createGzip: typeof zlib.createGzip = (options) => {
    made.push(zlib.createGzip(options));
    return made.at(-1)!;
  };
  return { ...zlib, createGzip };
});

const ACCEPTED = '{"accepted":1}';
const HEAD = 'HTTP/1.1 202 Accepted\r\ncontent-type: application/json\r\n';

/** Runs `answer` on a connection when the request is there. */
function onRequest(answer: (socket: net.Socket) => void): (socket: net.Socket) => void {
  return (socket) => socket.once('data', () => answer(socket));
}

/** Hex, which packs to half. */
function randomText(length: number): string {
  return randomBytes(Math.ceil(length / 2))
    .toString('hex')
    .slice(0, length);
}

async function failureOf(post: Promise<unknown>): Promise<{ code: string; outage: boolean; ms: number }> {
  const started = performance.now();
  const error: unknown = await post.then(
    () => new Error('was answered'),
    (failure: unknown) => failure,
  );
  expect(error).toBeInstanceOf(TraceHubTransportError);
  const outcome = failureToOutcome(error);
  const cause = (error as Error).cause as NodeJS.ErrnoException;
  return {
    code: cause.code ?? '',
    outage: outcome.kind === 'retryable' && outcome.outage,
    ms: performance.now() - started,
  };
}

const body = () => new BodyEncoder(undefined).encode([toJsonBytes('{"id":"a"}')]);

describe('a request', () => {
  it('has the key, the length, JSON and gzip when asked to', async () => {
    const server = await ingestServer();
    const transport = createTransport({ endpoint: `${server.url}/base/`, apiKey: 'th_secret' });
    expect(
      await transport.post(await new BodyEncoder(1).encode(['{"id":"é"}', '{"id":"b"}'].map(toJsonBytes))),
    ).toEqual({
      status: 202,
      retryAfter: undefined,
      body: '{"accepted":2}',
    });
    await transport.post(await body());
    expect(server.posts[0]?.headers).toMatchObject({
      'x-api-key': 'th_secret',
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      'user-agent': 'tracehub-node test/1.0.0',
    });
    expect(server.posts[0]?.entries).toEqual([{ id: 'é' }, { id: 'b' }]);
    expect(server.posts[1]?.headers).not.toHaveProperty('content-encoding');
    expect(Number(server.posts[1]?.headers['content-length'])).toBe(server.posts[1]?.rawBytes);
  });

  it('goes to /api/v1/ingest under the endpoint, once', async () => {
    let head = '';
    const server = await rawServer((socket) =>
      socket.once('data', (data: Buffer) => {
        head = data.toString('latin1');
        socket.end(`${HEAD}content-length: 14\r\n\r\n${ACCEPTED}`);
      }),
    );
    await createTransport({ endpoint: `${server.url}/base` }).post(await body());
    expect(head).toMatch(/^POST \/base\/api\/v1\/ingest HTTP\/1\.1\r\n/);
  });
});

describe('BodyEncoder', () => {
  it('packs one body after another and several at once, of any size, each for itself', async () => {
    const encoder = new BodyEncoder(1);
    const texts = [1, 100_000, 3, 700_000, 0, 40, 900_000].map((count) => JSON.stringify(randomText(count)));
    const asText = async (text: string): Promise<string> =>
      gunzipSync((await encoder.encode([toJsonBytes(text)])).bytes).toString();
    for (let round = 0; round < 3; round++) {
      for (const text of texts) expect((await asText(text)) === `[${text}]`).toBe(true);
      const together = await Promise.all(texts.map(asText));
      expect(together.map((text, index) => text === `[${texts[index]}]`)).toEqual(texts.map(() => true));
    }
  });

  it('says what broke, and packs the next body afresh', async () => {
    const encoder = new BodyEncoder(1);
    const packers = made.length;
    const broken = encoder.encode([toJsonBytes('{"id":"a"}')]);
    made.at(-1)!.destroy(new Error('planted'));
    await expect(broken).rejects.toThrow('planted');
    const { bytes } = await encoder.encode([toJsonBytes('{"id":"b"}')]);
    expect(gunzipSync(bytes).toString()).toBe('[{"id":"b"}]');
    expect(made.length - packers).toBe(2);
  });

  it('counts the JSON before and the bytes after gzip', async () => {
    const entries = Array.from({ length: 100 }, (_, index) => toJsonBytes(`{"id":"${index}"}`));
    const plain = await new BodyEncoder(undefined).encode(entries);
    const packed = await new BodyEncoder(1).encode(entries);
    expect(plain).toMatchObject({ isGzipped: false, rawBytes: plain.bytes.length });
    expect(packed).toMatchObject({ isGzipped: true, rawBytes: plain.rawBytes });
    expect(gunzipSync(packed.bytes)).toEqual(plain.bytes);
    expect(packed.bytes.length).toBeLessThan(plain.bytes.length);
    expect((await new BodyEncoder(undefined).encode([])).bytes.toString()).toBe('[]');
  });
});

describe('an answer', () => {
  it('carries status, Retry-After and body', async () => {
    const server = await ingestServer(() => ({ status: 503, headers: { 'retry-after': '7' }, body: 'busy' }));
    expect(await createTransport({ endpoint: server.url }).post(await body())).toEqual({
      status: 503,
      retryAfter: '7',
      body: 'busy',
    });
  });

  it('of status 202 that breaks off leaves its entries unconfirmed', async () => {
    const server = await rawServer(
      onRequest((socket) => {
        socket.write(`${HEAD}content-length: 14\r\n\r\n{"acc`);
        setTimeout(() => socket.destroy(), 20);
      }),
    );
    const answer = await createTransport({ endpoint: server.url }).post(await body());
    expect(answer).toMatchObject({ status: 202, body: undefined });
    expect(answerToOutcome(answer, 1)).toMatchObject({ kind: 'delivered', unconfirmed: true });
  });

  it.each([64 * 1024 + 1, 100_000, 1_000_000])(
    'of %i bytes is too long to be read, and the next request goes through',
    async (length) => {
      let count = 0;
      const server = await rawServer((socket) => {
        socket.on('data', (data: Buffer) => {
          if (!data.includes('"id"')) return;
          const text = ++count === 1 ? 'x'.repeat(length) : ACCEPTED;
          socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`);
        });
      });
      const transport = createTransport({ endpoint: server.url, timeout: 2_000 });
      expect(await transport.post(await body())).toMatchObject({ status: 200, body: undefined });
      expect(await transport.post(await body())).toMatchObject({ status: 200, body: ACCEPTED });
    },
  );

  it('of 64 KiB is read to its end', async () => {
    const text = 'x'.repeat(64 * 1024);
    const server = await ingestServer(() => ({ status: 503, body: text }));
    expect(await createTransport({ endpoint: server.url }).post(await body())).toMatchObject({ body: text });
  });

  it('without end is left as soon as it is too long', async () => {
    const server = await rawServer(
      onRequest((socket) => {
        socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`);
        const timer = setInterval(() => socket.write(`4000\r\n${'x'.repeat(0x4000)}\r\n`), 5);
        socket.on('close', () => clearInterval(timer));
      }),
    );
    const started = performance.now();
    const answer = await createTransport({ endpoint: server.url, timeout: 10_000 }).post(await body());
    expect(answer).toMatchObject({ status: 202, body: undefined });
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('the deadline covers the whole attempt', () => {
  it.each<[what: string, onSocket: (socket: net.Socket) => void]>([
    ['a server that accepts and is silent', () => {}],
    ['a server that stops after half a status line', onRequest((socket) => socket.write('HTTP/1.1 20'))],
    [
      'endless 103 answers',
      onRequest((socket) => {
        const timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 20);
        socket.on('close', () => clearInterval(timer));
      }),
    ],
    [
      'headers that drip',
      onRequest((socket) => {
        socket.write('HTTP/1.1 202 Accepted\r\nx: ');
        const timer = setInterval(() => socket.write('y'), 20);
        socket.on('close', () => clearInterval(timer));
      }),
    ],
  ])('of %s', async (_what, onSocket) => {
    const server = await rawServer(onSocket);
    const { code, outage, ms } = await failureOf(
      createTransport({ endpoint: server.url, timeout: 300 }).post(await body()),
    );
    expect({ code, outage }).toEqual({ code: 'TRACEHUB_TIMEOUT', outage: true });
    expect(ms).toBeGreaterThan(250);
    expect(ms).toBeLessThan(1_300);
  });

  it('of a request that has no connection yet: it never goes out', async () => {
    let requests = 0;
    const server = await rawServer((socket) =>
      socket.on('data', (data: Buffer) => {
        if (data.includes('POST')) requests++;
      }),
    );
    const dispatcher = new Pool(server.url, { connections: 1 });
    const postWithin = async (timeout: number): Promise<unknown> =>
      failureOf(createTransport({ endpoint: server.url, timeout, dispatcher }).post(await body()));
    const holder = postWithin(1_500);
    await until(() => requests === 1, 'the request that holds the connection');
    expect(await postWithin(200)).toMatchObject({ code: 'TRACEHUB_TIMEOUT' });
    expect(await holder).toMatchObject({ code: 'TRACEHUB_TIMEOUT' });
    // Closes when all of its requests have come to their end.
    await dispatcher.close();
    expect(requests).toBe(1);
  });

  it('of a body that drips: the status has been given', async () => {
    const server = await rawServer(
      onRequest((socket) => {
        socket.write(`${HEAD}content-length: 10000\r\n\r\n`);
        const timer = setInterval(() => socket.write(' '), 20);
        socket.on('close', () => clearInterval(timer));
      }),
    );
    const started = performance.now();
    const answer = await createTransport({ endpoint: server.url, timeout: 1_000 }).post(await body());
    expect(answer).toMatchObject({ status: 202, body: undefined });
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});

describe('no answer', () => {
  it.each<[what: string, onSocket: (socket: net.Socket) => void, code: RegExp]>([
    ['a server that closes', onRequest((socket) => socket.end()), /^UND_ERR_SOCKET$/],
    [
      'a server that resets',
      onRequest((socket) => socket.resetAndDestroy()),
      /^(ECONNRESET|UND_ERR_SOCKET)$/,
    ],
    ['something that is not HTTP', onRequest((socket) => socket.end('SSH-2.0-x\r\n')), /^HPE_|^UND_ERR_|^$/],
  ])('comes from %s, and can be retried', async (_what, onSocket, code) => {
    const server = await rawServer(onSocket);
    const failure = await failureOf(
      createTransport({ endpoint: server.url, timeout: 2_000 }).post(await body()),
    );
    expect(failure.code).toMatch(code);
    expect(failure.outage).toBe(false);
  });

  it('comes from a port where nobody listens: an outage', async () => {
    const failure = await failureOf(createTransport({ endpoint: DEAD_ENDPOINT }).post(await body()));
    expect(failure).toMatchObject({ code: 'ECONNREFUSED', outage: true });
  });

  it('leaves the key out of its message', async () => {
    const post = createTransport({ endpoint: DEAD_ENDPOINT, apiKey: 'th_secret' }).post(await body());
    await expect(post).rejects.toThrow(/^request failed: .*ECONNREFUSED/);
    await expect(post).rejects.not.toThrow(/th_secret/);
  });
});
