import type { Entry } from '@tracehub/core-sender';
import { afterTest } from '../../../test/kit/after-test.ts';
import { watchLedger } from '../../../test/kit/ledger-check.ts';
import { type Receiver, startReceiver } from '../../../test/kit/receiver.ts';
import { senderOptions } from '../../../test/kit/sender-options.ts';
import { TraceHubLogger, type TraceHubLoggerOptions } from '../src/index.ts';

/** A logger to `receiver`; it is closed when the test ends. */
export function loggerTo(receiver: Receiver, options: TraceHubLoggerOptions = {}): TraceHubLogger {
  const logger = new TraceHubLogger({ ...senderOptions(receiver.url), ...options });
  watchLedger('logger', logger);
  afterTest(async () => void (await logger.close()));
  return logger;
}

/** The entries that come of what `log` does with a logger, in the order in which it was logged. */
export async function entriesOf(
  log: (logger: TraceHubLogger) => void,
  options?: TraceHubLoggerOptions,
): Promise<Entry[]> {
  const receiver = await startReceiver();
  const logger = loggerTo(receiver, options);
  log(logger);
  await logger.close();
  return inOrder(receiver.entries());
}

/** One log call, one entry. */
export async function entryOf(...args: Parameters<typeof entriesOf>): Promise<Entry> {
  const entries = await entriesOf(...args);
  if (entries.length !== 1) throw new Error(`one entry was expected, ${entries.length} came`);
  return entries[0]!;
}

/** Batches are sorted by issue; ids count in the order of the calls. */
function inOrder(entries: readonly Entry[]): Entry[] {
  const number = ({ id }: Entry): number => Number(id.split('-')[1]);
  return entries.toSorted((a, b) => number(a) - number(b));
}
