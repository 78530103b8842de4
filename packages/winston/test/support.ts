import type { Entry } from '@tracehub/core-sender';
import winston from 'winston';
import { afterTest } from '../../../test/kit/after-test.ts';
import { watchLedger } from '../../../test/kit/ledger-check.ts';
import { type Receiver, startReceiver } from '../../../test/kit/receiver.ts';
import { makeTempDirectory } from '../../../test/kit/temp.ts';
import { TraceHubTransport, type TraceHubTransportOptions } from '../src/index.ts';

/** A transport to `receiver`; it is closed when the test ends. */
export function transportTo(receiver: Receiver, options: TraceHubTransportOptions = {}): TraceHubTransport {
  const transport = new TraceHubTransport({
    apiKey: 'th_test',
    service: 'shop',
    environment: 'test',
    endpoint: receiver.url,
    dlqPath: makeTempDirectory('winston'),
    ...options,
  });
  watchLedger('winston', transport);
  afterTest(async () => void (await transport.close()));
  return transport;
}

/** The entries that come of what `log` does with a logger, in the order in which it was logged. */
export async function entriesOf(
  log: (logger: winston.Logger) => void,
  loggerOptions: winston.LoggerOptions = {},
  options: TraceHubTransportOptions = {},
): Promise<Entry[]> {
  const receiver = await startReceiver();
  const transport = transportTo(receiver, options);
  const logger = winston.createLogger({ level: 'silly', ...loggerOptions, transports: [transport] });
  log(logger);
  await transport.close();
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

/** A promise that resolves when a logger or transport has emitted `event`. */
export function emitted(emitter: NodeJS.EventEmitter, event: string): Promise<unknown> {
  return new Promise((resolve) => emitter.once(event, resolve));
}
