import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Check, Finding } from '../check.ts';
import { failure, ok, skipped } from '../check.ts';
import type { Facts } from '../facts.ts';
import { codeOf, connectionWords } from '../../http/failure-words.ts';
import { within } from '../../http/open-socket.ts';
import { hostOf } from '../../http/route.ts';

/** Whether the name of the server has an address. */
export const dns: Check = { id: 'dns', needs: ['endpoint', 'proxy'], run };

async function run({ route, endpoint, timeout, settings }: Facts): Promise<Finding> {
  const host = hostOf(endpoint);
  if (isIP(host) !== 0) return ok(`${host} is an address`);
  if (route.kind === 'proxy') return skipped('the proxy looks the name up');
  try {
    const found = await within(timeout, lookup(host, { all: true }), () => {});
    const addresses = found.map(({ address }) => address);
    return ok(`${host} is ${addresses.join(', ')}`, { addresses });
  } catch (error) {
    const next =
      codeOf(error) === 'EAI_AGAIN'
        ? 'the name server did not answer: check the network and /etc/resolv.conf, and the spelling of the host'
        : `check the host in the endpoint (from ${settings.sourceOf('endpoint')}) for a typing error`;
    return failure(`the host ${host} has no address: ${connectionWords(error)}`, next);
  }
}
