import { ingestUrl } from '@tracehub/core-sender/dead-letters';
import type { Check, Finding } from '../check.ts';
import { ok, skipped, warning } from '../check.ts';
import type { Facts } from '../facts.ts';
import { ask } from '../../http/ask.ts';
import { bytes } from '../../terminal/words.ts';

/** The largest body a sender makes. */
const LARGEST = 900 * 1024;
/** How exactly a smaller ceiling is found. */
const STEP = 32 * 1024;

/** Whether a body as large as a sender makes gets through; if not, where the ceiling is. */
export const size: Check = { id: 'size', needs: ['key', 'server'], run };

async function run(facts: Facts): Promise<Finding> {
  if (!facts.isTaking) return skipped('the server takes nothing now');
  if (await passes(LARGEST, facts)) return ok(`a body of ${bytes(LARGEST)} gets through`);
  let most = 0;
  let least = LARGEST;
  while (least - most > STEP) {
    const middle = Math.floor((most + least) / 2);
    if (await passes(middle, facts)) most = middle;
    else least = middle;
  }
  return warning(
    `bodies above ${bytes(most)} are refused; senders find that out by a 413 and halve their batches`,
    'raise the limit of the server or proxy (nginx: client_max_body_size 1m), or lower maxBatchBytes',
    { ceilingBytes: most },
  );
}

/** An empty batch with blanks up to the size, not gzipped: JSON allows them, and nothing is stored. */
async function passes(length: number, { settings, timeout }: Facts): Promise<boolean> {
  const { endpoint, apiKey } = settings.options;
  const body = Buffer.alloc(length, ' ');
  body.write('[');
  body.write(']', length - 1);
  const headers = { 'content-type': 'application/json', 'x-api-key': apiKey };
  // One that cuts the connection off instead of answering refuses it as well.
  const given = await ask(ingestUrl(endpoint), { body, headers, timeout }).catch(() => undefined);
  return given?.status === 202 || given?.status === 200;
}
