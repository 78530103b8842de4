import { isIP } from 'node:net';

/** Whether only programs of this machine can reach a server that listens on `host`. */
export function isLoopbackHost(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === '::1' || host.toLowerCase() === 'localhost';
}

/**
 * Whether a `Host` header names this machine's loopback. A browser that was led to 127.0.0.1 by a hostile
 * DNS answer still sends the hostile name.
 */
export function isLoopbackHostHeader(header: string | undefined): boolean {
  if (header === undefined) return false;
  const name = header.replace(/:\d*$/, '');
  return isLoopbackHost(name.startsWith('[') ? name.slice(1, -1) : name);
}
