import type { Check, Finding } from '../check.ts';
import { failure, ok } from '../check.ts';
import type { Facts } from '../facts.ts';
import { connectionWords } from '../../http/failure-words.ts';
import { ProxyRefusal, tunnelTo } from '../../http/open-socket.ts';
import { withoutPassword } from '../../http/route.ts';

/** Whether the proxy that the environment names, if it names one, lets us through. */
export const proxy: Check = { id: 'proxy', needs: ['endpoint'], run };

async function run({ route, endpoint, timeout }: Facts): Promise<Finding> {
  if (route.kind === 'unusable') {
    return failure(
      `${route.variable} is no URL`,
      `set ${route.variable} to a URL such as http://proxy.example.com:3128, or unset it`,
    );
  }
  if (route.kind === 'direct') {
    return ok(route.passedBy ? `none: NO_PROXY passes ${route.passedBy} by` : 'none in the environment');
  }
  const { variable } = route;
  const name = `the proxy ${withoutPassword(route.proxy)} (from ${variable})`;
  const around = `or add ${endpoint.hostname} to NO_PROXY if it can be reached without`;
  try {
    const socket = await tunnelTo(endpoint, route.proxy, timeout);
    socket.destroy();
    return ok(`${name} lets us through`);
  } catch (error) {
    if (!(error instanceof ProxyRefusal)) {
      return failure(`${name} does not work: ${connectionWords(error)}`, `correct ${variable}, ${around}`);
    }
    if (error.status === 407) {
      return failure(
        `${name} asks for a user and password (407)`,
        `put them into ${variable} (http://user:password@host:port), ${around}`,
      );
    }
    return failure(
      `${name} refuses the way to ${endpoint.host} (status ${error.status})`,
      `have ${endpoint.host} allowed there, ${around}`,
    );
  }
}
