import { setTimeout as sleep } from 'node:timers/promises';
import type { Check, Finding } from '../check.ts';
import { failure, ok, skipped, warning } from '../check.ts';
import type { Facts } from '../facts.ts';
import { ask, jsonOf } from '../../http/ask.ts';

/** A queue in the server may hold an entry for a moment before it is stored. */
const PATIENCE_MS = 5_000;
const PAUSE_MS = 250;

/** Whether the entry that was delivered can be read again: with TraceHub a 202 does not yet mean stored. */
export const reading: Check = { id: 'reading', needs: ['entry'], run };

async function run(facts: Facts): Promise<Finding> {
  const { readToken, sentTraceId, timeout } = facts;
  // A collector on this machine may let us read without.
  if (readToken === undefined && !isLoopback(facts.endpoint)) {
    return skipped('no read token: --read-token, or TRACEHUB_READ_TOKEN');
  }
  if (sentTraceId === undefined) return skipped('no entry was sent');
  const url = `${facts.settings.options.endpoint}/api/v1/logs?trace_id=${sentTraceId}`;
  const headers = readToken === undefined ? {} : { authorization: `Bearer ${readToken}` };
  for (const end = performance.now() + PATIENCE_MS; ;) {
    const given = await ask(url, { method: 'GET', headers, timeout }).catch(() => undefined);
    if (!given) return warning('the logs cannot be read: no answer', 'run this again');
    if (given.status === 401 || given.status === 403) {
      if (readToken === undefined)
        return skipped('reading needs a token: --read-token, or TRACEHUB_READ_TOKEN');
      return failure(
        `the server refuses the read token (status ${given.status})`,
        'correct TRACEHUB_READ_TOKEN',
      );
    }
    if (given.status !== 200)
      return skipped(`this server has no /api/v1/logs to read from (status ${given.status})`);
    const { logs } = (jsonOf(given) ?? {}) as { logs?: unknown[] };
    if (logs?.length === 1) return ok('the entry is found again');
    if (performance.now() > end) {
      return failure(
        `the entry was accepted, and is not found after ${PATIENCE_MS / 1000} s`,
        'the server takes logs and does not store them: look into its worker, queue and database',
      );
    }
    await sleep(PAUSE_MS);
  }
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
