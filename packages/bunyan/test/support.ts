import type { Entry } from '@tracehub/core-sender';
import bunyan from 'bunyan';
import { afterTest } from '../../../test/kit/after-test.ts';
import { watchLedger } from '../../../test/kit/ledger-check.ts';
import { type Receiver, startReceiver } from '../../../test/kit/receiver.ts';
import { makeTempDirectory } from '../../../test/kit/temp.ts';
import { type TraceHubStreamEntry, type TraceHubStreamOptions, traceHubStream } from '../src/index.ts';

/** Options of a stream to `receiver`. */
export function optionsFor(receiver: Receiver): TraceHubStreamOptions {
  return {
    apiKey: 'th_test',
    service: 'shop',
    environment: 'test',
    endpoint: receiver.url,
    dlqPath: makeTempDirectory('bunyan'),
  };
}

/** A stream entry to `receiver`; its stream is closed when the test ends. */
export function entryTo(receiver: Receiver, options: TraceHubStreamOptions = {}): TraceHubStreamEntry {
  const entry = traceHubStream({ ...optionsFor(receiver), ...options });
  watchLedger('bunyan', entry.stream);
  afterTest(async () => void (await entry.stream.close()));
  return entry;
}

/** The entries that come of what `log` does with a logger, in the order in which it was logged. */
export async function entriesOf(
  log: (logger: bunyan, stream: TraceHubStreamEntry['stream']) => void,
  loggerOptions: Partial<bunyan.LoggerOptions> = {},
): Promise<Entry[]> {
  const receiver = await startReceiver();
  const entry = entryTo(receiver);
  log(bunyan.createLogger({ name: 'app', ...loggerOptions, streams: [entry] }), entry.stream);
  await entry.stream.close();
  return inOrder(receiver.entries());
}

/** One log call, one entry. */
export async function entryOf(...args: Parameters<typeof entriesOf>): Promise<Entry> {
  const entries = await entriesOf(...args);
  if (entries.length !== 1) throw new Error(`one entry was expected, ${entries.length} came`);
  return entries[0]!;
}

/** Batches are sorted by issue; ids count in the order of the calls. */
export function inOrder(entries: readonly Entry[]): Entry[] {
  const number = ({ id }: Entry): number => Number(id.split('-')[1]);
  return entries.toSorted((a, b) => number(a) - number(b));
}
