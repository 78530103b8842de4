import { createSender } from '@tracehub/core-sender';
import type { HostileLogger, LoggerPair, Place } from '../hostile-run.ts';
import { type TestOptions, senderOptions } from '../sender-options.ts';

type Send = ReturnType<typeof createSender>['send'];

/** The sender without a logger; its bare twin only counts. */
export function makeSenderPair(endpoint: string, options?: TestOptions): LoggerPair {
  const sender = createSender(senderOptions(endpoint, options), { sdkVersion: 'core-sender/0.0.0' });
  let records = 0;
  const logger = (send: Send): HostileLogger => ({
    log: (place, value) => send(toRecord(place, value)),
    say: (text) => send({ level: 'INFO', message: text }),
  });
  return {
    subject: logger((record) => sender.send(record)),
    bare: logger(() => void records++),
    bareRecords: () => records,
    renew: () => {},
    stats: () => sender.stats(),
    flush: () => sender.flush(),
    close: () => sender.close(),
    canTake: () => true,
  };
}

function toRecord(place: Place, value: unknown): Parameters<Send>[0] {
  const fields = typeof value === 'object' && value !== null ? value : undefined;
  switch (place) {
    case 'field':
      return { level: 'INFO', message: place, fields: { value } };
    case 'message':
      return { level: 'WARN', message: value };
    case 'error':
      return { level: 'ERROR', message: undefined, error: value, fields: { err: value } };
    case 'child':
      return {
        level: 'FATAL',
        message: place,
        time: value,
        fields: { extra: value, module: value, trace_id: value },
      };
    case 'fields':
      return { level: 'DEBUG', message: place, fields };
    case 'bindings':
      return { level: 'ERROR', message: place, fields: { extra: fields } };
  }
}
