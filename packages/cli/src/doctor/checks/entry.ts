import { randomUUID } from 'node:crypto';
import { createSender } from '@tracehub/core-sender';
import type { Check, Finding } from '../check.ts';
import { failure, ok, skipped } from '../check.ts';
import type { Facts } from '../facts.ts';
import { SDK_VERSION } from '../../version.ts';

/** Whether a real entry is delivered, by the real sender: gzip, headers and all. */
export const entry: Check = { id: 'entry', needs: ['key', 'server'], run };

async function run(facts: Facts): Promise<Finding> {
  if (!facts.maySend) return skipped('--no-send');
  if (!facts.isTaking) return skipped('the server takes nothing now');
  const { endpoint, apiKey, service, environment, timeout, compress, compressionLevel } =
    facts.settings.options;
  if (apiKey === '') return skipped('there is no usable key');
  const warnings: string[] = [];
  const traceId = `doctor-${randomUUID()}`;
  const sender = createSender(
    {
      endpoint,
      apiKey,
      service: service || 'tracehub-doctor',
      environment: environment || 'doctor',
      timeout,
      compress,
      compressionLevel,
      // It is no log of the app's: if it does not arrive it is not to be sent later.
      dlqPath: false,
      maxRetries: 0,
      closeTimeout: Math.min(timeout + 500, 8_000),
    },
    { sdkVersion: SDK_VERSION, emitWarning: ({ message }) => void warnings.push(message) },
  );
  sender.send({
    level: 'INFO',
    message: 'tracehub doctor: this entry shows that logs arrive',
    fields: { module: 'tracehub.doctor' },
    traceId,
  });
  const { delivered } = await sender.close();
  if (delivered === 1) {
    facts.sentTraceId = traceId;
    return ok(`delivered (trace id ${traceId})`, { traceId });
  }
  const why = warnings.find((text) => !text.includes('plain http')) ?? 'no reason was given';
  return failure(
    `an empty batch is taken, and a real entry is not: ${why}`,
    compress
      ? 'does something in between refuse gzip bodies? `compress: false` (here in --config) sends plain ones; else see the log of the server'
      : 'see the log of the server, and of what stands before it',
  );
}
