import type { Check, Finding } from '../check.ts';
import { failure, ok, skipped } from '../check.ts';
import type { Facts } from '../facts.ts';

/** Whether the server knows the key. */
export const key: Check = { id: 'key', needs: ['address'], run };

function run({ answer, settings }: Facts): Finding {
  const source = settings.sourceOf('apiKey');
  if (settings.options.apiKey === '') return skipped('there is no usable key');
  const status = answer?.status ?? 0;
  switch (status) {
    case 200:
    case 202:
      return ok(`accepted (from ${source})`);
    case 401:
    case 403:
      return failure(
        `the server refuses the API key (status ${status}, key from ${source})`,
        'compare it with the key of your project in TraceHub: it may be cut off, of another project, or retired',
      );
    case 422:
      return failure(
        'the key does not arrive at the server (status 422)',
        'something in between takes the header X-API-Key out: have the proxy or gateway pass it on',
      );
    default:
      return skipped(`status ${status} says nothing about the key`);
  }
}
