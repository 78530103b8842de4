import dns from 'node:dns';
import { afterTest } from '../kit/after-test.ts';

/** What a name resolves to, an address or the code of the failure; may be changed while it is in use. */
export type Names = Record<string, string>;

type Answer = (error: Error | null, address?: unknown, family?: number) => void;

/** Resolves these names for all sockets of the process until the test ends; `node:net` looks the function up anew each time. */
export function resolveNames(names: Names): Names {
  const real = dns.lookup;
  const lookup = (host: string, options: dns.LookupOptions, answer: Answer): void => {
    const address = names[host];
    if (address === undefined) return real(host, options, answer);
    setImmediate(() => {
      if (!/^\d/.test(address))
        answer(Object.assign(new Error(`getaddrinfo ${address} ${host}`), { code: address }));
      else if (options.all) answer(null, [{ address, family: 4 }]);
      else answer(null, address, 4);
    });
  };
  dns.lookup = lookup as typeof dns.lookup;
  afterTest(() => void (dns.lookup = real));
  return names;
}
