import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type net from 'node:net';
import { describe, expect, it } from 'vitest';
import { compileCoreSender } from '../../../test/kit/compiled-sources.ts';
import { toJsonBytes } from '../src/entry/encoded-entry.ts';
import { BodyEncoder } from '../src/send/encode-body.ts';
import { createTransport } from './stages.ts';
import { rawServer, until } from './support.ts';

const ANSWER = 'HTTP/1.1 202 Accepted\r\ncontent-length: 14\r\n\r\n{"accepted":1}';

const body = () => new BodyEncoder(undefined).encode([toJsonBytes('{"id":"a"}')]);

describe('sockets', () => {
  it('are used again, and dropped before an idle server would, at 5 s', async () => {
    const closed: net.Socket[] = [];
    const server = await rawServer((socket) => {
      socket.on('data', (data: Buffer) => {
        if (data.includes('"id"')) socket.write(ANSWER);
      });
      socket.on('close', () => closed.push(socket));
    });
    const transport = createTransport({ endpoint: server.url });
    for (let post = 0; post < 10; post++) await transport.post(await body());
    const idleSince = performance.now();
    expect(server.sockets.length).toBeLessThanOrEqual(3);
    await until(() => closed.length === server.sockets.length, 'the sockets to be dropped', 6_000);
    expect(performance.now() - idleSince).toBeLessThan(4_500);
  }, 8_000);

  it('are all gone after close', async () => {
    let open = 0;
    const server = await rawServer((socket) => {
      open++;
      socket.resume().on('close', () => open--);
    });
    const transport = createTransport({ endpoint: server.url });
    const posts = [transport.post(await body()), transport.post(await body())];
    const ends = Promise.allSettled(posts);
    await until(() => open === 2, 'two sockets');
    await transport.close();
    expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await until(() => open === 0, 'no socket');
    await expect(transport.close()).resolves.toBeUndefined();
  });

  it('and timers never keep a process alive, even with a request under way', async () => {
    const server = await rawServer(() => {});
    const [transport, clock] = compileCoreSender(['send/http-transport', 'clock']);
    const program = `
      const { HttpTransport } = await import('${transport}');
      const { systemClock } = await import('${clock}');
      const options = { endpoint: ${JSON.stringify(server.url)}, apiKey: 'k', timeout: 60000, concurrency: 2 };
      const transport = new HttpTransport(options, 'test', systemClock);
      void transport.post({ bytes: Buffer.from('[]'), isGzipped: false, rawBytes: 2 }).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 300));
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: 'inherit',
      timeout: 8_000,
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    expect({ code, connections: server.sockets.length }).toEqual({ code: 0, connections: 1 });
  });
});
