import type { Check, Finding } from '../check.ts';
import { failure, ok } from '../check.ts';
import type { Facts } from '../facts.ts';
import { connectionWords } from '../../http/failure-words.ts';
import { ask } from '../../http/ask.ts';
import { TimeUp } from '../../http/open-socket.ts';
import { ingestUrl } from '@tracehub/core-sender/dead-letters';

/** Whether anything comes back from an empty batch, the only question that tells about the server's health. */
export const answer: Check = { id: 'answer', needs: ['endpoint', 'proxy', 'dns', 'connection', 'tls'], run };

async function run(facts: Facts): Promise<Finding> {
  const { endpoint, apiKey } = facts.settings.options;
  try {
    const given = await ask(ingestUrl(endpoint), {
      body: '[]',
      timeout: facts.timeout,
      headers: { 'content-type': 'application/json', ...(apiKey === '' ? {} : { 'x-api-key': apiKey }) },
    });
    facts.answer = given;
    return ok(`status ${given.status} after ${given.ms} ms`, { status: given.status, ms: given.ms });
  } catch (error) {
    const { host } = facts.endpoint;
    if (error instanceof TimeUp) {
      return failure(
        `${host} accepts the connection and then says nothing for ${facts.timeout} ms`,
        'the server hangs: look into its log, or restart it; a slow one needs a larger timeout (--timeout)',
      );
    }
    return failure(
      `${host} gives no HTTP answer: ${connectionWords(error)}`,
      'is there a TraceHub server on this port, and nothing else?',
    );
  }
}
