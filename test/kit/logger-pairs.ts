import { afterTest } from './after-test.ts';
import type { LoggerPair } from './hostile-run.ts';
import { watchLedger } from './ledger-check.ts';
import { makeBunyanPair } from './pairs/bunyan.ts';
import { makeSenderPair } from './pairs/core-sender.ts';
import { makeTraceHubLoggerPair } from './pairs/logger.ts';
import { makePinoStreamPair, makePinoWorkerPair } from './pairs/pino.ts';
import { makeWinstonJsonPair, makeWinstonPair } from './pairs/winston.ts';
import type { TestOptions } from './sender-options.ts';

type MakePair = (endpoint: string, options?: TestOptions) => LoggerPair;

function inWorker(make: MakePair): MakePair {
  return (endpoint, options) => make(endpoint, { ...options, worker: true });
}

const makers = {
  'core-sender': makeSenderPair,
  'pino in process': makePinoStreamPair,
  'pino in its worker': makePinoWorkerPair,
  bunyan: makeBunyanPair,
  winston: makeWinstonPair,
  'winston with its JSON format': makeWinstonJsonPair,
  TraceHubLogger: makeTraceHubLoggerPair,
  'bunyan with a worker': inWorker(makeBunyanPair),
  'winston with a worker': inWorker(makeWinstonPair),
  'winston with its JSON format and a worker': inWorker(makeWinstonJsonPair),
  'TraceHubLogger with a worker': inWorker(makeTraceHubLoggerPair),
} satisfies Record<string, MakePair>;

/** An adapter, or a way to use it. */
export type PairName = keyof typeof makers;

/** All of them. */
export const pairNames = Object.keys(makers) as readonly PairName[];

/** The loggers of an adapter that sends to `endpoint`; closed and its ledger checked when the test ends. */
export function makeLoggerPair(name: PairName, endpoint: string, options?: TestOptions): LoggerPair {
  const pair = makers[name](endpoint, options);
  watchLedger(name, pair);
  afterTest(async () => void (await pair.close()));
  return pair;
}
