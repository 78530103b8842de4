import type { Message, Options } from 'amqplib';
import type { RowBatch } from '../store/row-batch.ts';

/** Names the list of columns in `copy-line.ts`; workers of another version must be able to tell. */
const type = 'tracehub.lines.1';

/** How a batch is published: its lines are the body as they are, the rest is beside them. */
export function toProperties({ count, months }: RowBatch): Options.Publish {
  return { persistent: true, type, headers: { count, months: months.join(' ') } };
}

/** The batch in a message, or `undefined` when none of our kind is in it. */
export function toBatch({ content, properties }: Message): RowBatch | undefined {
  const { count, months } = properties.headers ?? {};
  if (properties.type !== type || !Number.isSafeInteger(count) || typeof months !== 'string')
    return undefined;
  const list = months.split(' ');
  if (!list.every((month) => /^\d{4}-(0[1-9]|1[0-2])$/.test(month))) return undefined;
  return { lines: content, count: count as number, months: list };
}
