import { once } from 'node:events';
import http from 'node:http';
import net, { type Socket } from 'node:net';
import { hostOf, portOf, withoutPassword } from './route.ts';

/** A proxy that did not open a tunnel. */
export class ProxyRefusal extends Error {
  override readonly name = 'ProxyRefusal';
  readonly status: number;

  constructor(proxy: URL, status: number) {
    super(`the proxy ${withoutPassword(proxy)} answers with status ${status}`);
    this.status = status;
  }
}

/** Nothing came within the time given. */
export class TimeUp extends Error {
  override readonly name = 'TimeUp';
  readonly code = 'ETIMEDOUT';
}

/** A TCP connection to `url`'s host. Rejects with the system's error, or {@link TimeUp}. */
export async function connectTo(url: URL, timeout: number): Promise<Socket> {
  const socket = net.connect({ host: hostOf(url), port: portOf(url) });
  return await within(
    timeout,
    once(socket, 'connect').then(() => socket),
    () => socket.destroy(),
  );
}

/**
 * A tunnel to `url`'s host through a proxy, as the sender opens one. Rejects with the system's error, {@link TimeUp}, or
 * {@link ProxyRefusal} where the proxy answers that it will not.
 */
export async function tunnelTo(url: URL, proxy: URL, timeout: number): Promise<Socket> {
  const authorization =
    proxy.username === ''
      ? {}
      : {
          'proxy-authorization': `Basic ${Buffer.from(
            `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`,
          ).toString('base64')}`,
        };
  const request = http.request({
    host: hostOf(proxy),
    port: portOf(proxy),
    method: 'CONNECT',
    path: `${hostOf(url)}:${portOf(url)}`,
    headers: authorization,
    agent: false,
  });
  request.end();
  const answered = once(request, 'connect') as Promise<[http.IncomingMessage, Socket]>;
  const [response, socket] = await within(timeout, answered, () => request.destroy());
  if (response.statusCode === 200) return socket;
  socket.destroy();
  throw new ProxyRefusal(proxy, response.statusCode ?? 0);
}

/** What `work` resolves to; after `ms` it is given up by `end`. */
export async function within<T>(ms: number, work: Promise<T>, end: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeUp(`nothing came within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    // What is given up ends with an error of its own, which nobody waits for.
    work.catch(() => {});
    end();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
