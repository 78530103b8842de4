import type { Check, Finding } from '../check.ts';
import { failure, ok, skipped } from '../check.ts';
import type { Facts } from '../facts.ts';
import { codeOf, connectionWords } from '../../http/failure-words.ts';
import { connectTo } from '../../http/open-socket.ts';
import { portOf } from '../../http/route.ts';

/** Whether somebody listens at the endpoint. */
export const connection: Check = { id: 'connection', needs: ['endpoint', 'proxy', 'dns'], run };

async function run({ route, endpoint, timeout }: Facts): Promise<Finding> {
  if (route.kind === 'proxy') return skipped('the proxy connects');
  const place = `${endpoint.hostname} port ${portOf(endpoint)}`;
  try {
    const socket = await connectTo(endpoint, timeout);
    socket.destroy();
    return ok(`${place} accepts connections`);
  } catch (error) {
    const next =
      codeOf(error) === 'ECONNREFUSED'
        ? `start the server, or correct host and port of the endpoint; meanwhile apps keep their logs on disk`
        : `open the way to ${place} in firewall and network; meanwhile apps keep their logs on disk`;
    return failure(`the server cannot be reached at ${place}: ${connectionWords(error)}`, next);
  }
}
