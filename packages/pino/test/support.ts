import { once } from 'node:events';
import type { Entry } from '@tracehub/core-sender';
import pino from 'pino';
import { afterTest } from '../../../test/kit/after-test.ts';
import { watchLedger } from '../../../test/kit/ledger-check.ts';
import type { Receiver } from '../../../test/kit/receiver.ts';
import { senderOptions } from '../../../test/kit/sender-options.ts';
import {
  type TraceHubStream,
  type TraceHubStreamOptions,
  type TraceHubTransport,
  type TraceHubTransportOptions,
  traceHubStream,
  traceHubTransport,
} from '../src/index.ts';

/** Path of a child program. */
export function program(name: string): string {
  return new URL(`programs/${name}`, import.meta.url).pathname;
}

export function streamTo(receiver: Receiver, options: TraceHubStreamOptions = {}): TraceHubStream {
  return watched('stream', traceHubStream({ ...senderOptions(receiver.url), ...options }));
}

export function transportTo(receiver: Receiver, options: TraceHubTransportOptions = {}): TraceHubTransport {
  return watched('transport', traceHubTransport({ ...senderOptions(receiver.url), ...options }));
}

function watched<T extends TraceHubStream | TraceHubTransport>(name: string, destination: T): T {
  watchLedger(name, destination);
  afterTest(async () => void (await destination.close()));
  return destination;
}

type WorkerStream = ReturnType<typeof pino.transport>;

/** pino's own transport with the target, as it is built; it is ended when the test is over. */
export function targetTo(receiver: Receiver, options: object = {}): WorkerStream {
  return startWorker({ target: '@tracehub/pino', options: { ...senderOptions(receiver.url), ...options } });
}

/** A worker of pino that is ended when the test is over. */
export function startWorker(options: pino.TransportSingleOptions | pino.TransportMultiOptions): WorkerStream {
  const stream = pino.transport(options as pino.TransportSingleOptions);
  afterTest(() => endWorker(stream));
  return stream;
}

/** Ends a worker that has nothing left to send: with more, the receiver in this thread could not answer it. */
export async function endWorker(stream: WorkerStream): Promise<void> {
  if ((stream as unknown as { closed: boolean }).closed) return;
  const closed = once(stream, 'close');
  stream.end();
  await closed;
}

/** Resolves when everything logged before was delivered. */
export function flushed(logger: Pick<pino.Logger, 'flush'>): Promise<void> {
  return new Promise((resolve, reject) => {
    logger.flush((error) => (error ? reject(error) : resolve()));
  });
}

/** Batches are sorted by issue; ids count in the order of the calls. */
export function inOrder(entries: readonly Entry[]): Entry[] {
  const number = ({ id }: Entry): number => Number(id.split('-')[1]);
  return entries.toSorted((a, b) => number(a) - number(b));
}
