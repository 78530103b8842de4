import { traceHubStream as bunyanStream } from '@tracehub/bunyan';
import { traceHubStream as pinoStream } from '@tracehub/pino';
import type { Stats } from '@tracehub/core-sender';
import { TraceHubTransport } from '@tracehub/winston';
import bunyan from 'bunyan';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import winston from 'winston';
import { closedPort } from '../kit/closed-port.ts';
import { isOwnReport } from '../kit/entry-validator.ts';
import { watchLedger } from '../kit/ledger-check.ts';
import { startReceiver } from '../kit/receiver.ts';
import { receivedOnce, replayAll } from '../kit/replay.ts';
import { type TestOptions, senderOptions } from '../kit/sender-options.ts';

const BURST = process.env['TRACEHUB_FULL'] === '1' ? 100_000 : 30_000;

interface Subject {
  info(text: string): unknown;
  stats(): Stats;
  close(): Promise<unknown>;
}

const subjects: Record<string, (options: TestOptions) => Subject> = {
  'pino in process'(options) {
    const stream = pinoStream(options);
    const log = pino(stream);
    return { info: (text) => log.info(text), stats: () => stream.stats(), close: () => stream.close() };
  },
  winston(options) {
    const transport = new TraceHubTransport(options);
    const log = winston.createLogger({ transports: [transport] });
    return { info: (text) => log.info(text), stats: () => transport.stats(), close: () => transport.close() };
  },
  bunyan(options) {
    const entry = bunyanStream(options);
    const log = bunyan.createLogger({ name: 'burst', streams: [entry as unknown as bunyan.Stream] });
    return {
      info: (text) => log.info(text),
      stats: () => entry.stream.stats(),
      close: () => entry.stream.close(),
    };
  },
};

function burst(make: (options: TestOptions) => Subject, options: TestOptions): Subject {
  const subject = make(options);
  watchLedger('the sender of the burst', subject);
  for (let n = 0; n < BURST; n++) subject.info(`entry ${n}`);
  return subject;
}

describe.each(Object.entries(subjects))('%s', (_name, make) => {
  it(`spills what a burst of ${BURST} brings beyond the ring, and a restart delivers each once`, async () => {
    const port = await closedPort();
    const options = senderOptions(`http://127.0.0.1:${port}`, { overflow: 'spill', closeTimeout: 500 });
    const subject = burst(make, options);
    await subject.close();
    expect(subject.stats()).toMatchObject({ accepted: BURST, deadLettered: BURST, dropped: 0, pending: 0 });

    const receiver = await startReceiver(port);
    await replayAll(options, receiver, BURST);
    expect(receivedOnce(receiver)).toEqual({ ids: BURST, messages: BURST, duplicates: 0 });
  });

  it(`counts as buffer-full exactly what of a burst of ${BURST} is missing`, async () => {
    const receiver = await startReceiver();
    const subject = burst(make, senderOptions(receiver.url));
    await subject.close();
    const { accepted, delivered, deadLettered, dropped, drops } = subject.stats();
    const arrived = new Set(
      receiver
        .entries()
        .filter((entry) => !isOwnReport(entry))
        .map(({ message }) => message),
    );
    expect({ accepted, deadLettered, dropped }).toEqual({
      accepted: BURST,
      deadLettered: 0,
      dropped: drops['buffer-full'],
    });
    expect(delivered).toBe(arrived.size);
    expect(drops['buffer-full']).toBe(BURST - arrived.size);
    // The ring keeps the newest.
    expect(arrived.has(`entry ${BURST - 1}`)).toBe(true);
    expect(drops['buffer-full']).toBeGreaterThan(0);
  });
});
