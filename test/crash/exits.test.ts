import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startProgram } from '../kit/child.ts';
import '../kit/setup.ts';
import { makeTempDirectory } from '../kit/temp.ts';
import { inParallel, missing, recover } from './kit/lives.ts';
import { type ServerMode, startNumberedReceiver } from './kit/numbered-receiver.ts';
import { size } from './kit/size.ts';

const PROGRAM = fileURLToPath(new URL('programs/exit-ways.mjs', import.meta.url));

const COUNT = 120;
const CLOSE_TIMEOUT = 800;
/** Start of the program, and a machine with other things to do. */
const SLACK = 4_000;

interface Way {
  name: string;
  /** Exit status or signal: the app's own. */
  end: number | NodeJS.Signals;
  /** Entries logged; those that need not arrive are left out. */
  logged?: number;
  /** The system's own end of it: what memory held goes with it. */
  isAbrupt?: boolean;
  /** As process 1, which has no signal's own effect: as in a container. */
  isFirst?: boolean;
}

/** Runs what follows as process 1 of a namespace of its own. */
const AS_FIRST = ['--fork', '--pid', '--mount-proc', process.execPath];

const WAYS: Way[] = [
  { name: 'natural', end: 0 },
  { name: 'exit-at-once', end: 3 },
  { name: 'exit-later', end: 3, logged: 2 * COUNT },
  { name: 'exit-in-handler', end: 3, logged: 2 * COUNT },
  { name: 'uncaught', end: 1 },
  { name: 'rejection', end: 1 },
  { name: 'close-twice', end: 4 },
  { name: 'log-after-close', end: 0 },
  { name: 'blocked', end: 0, logged: 2 * COUNT },
  { name: 'fork', end: 0 },
  { name: 'SIGTERM', end: 'SIGTERM' },
  { name: 'SIGINT', end: 'SIGINT' },
  { name: 'SIGTERM-twice', end: 'SIGTERM', isAbrupt: true },
  { name: 'SIGTERM-own-handler', end: 7 },
  { name: 'SIGTERM-first', end: 143, isFirst: true },
  { name: 'stopped', end: 0, logged: 2 * COUNT },
];

const SERVERS: Record<string, ServerMode> = { answers: 'up', hangs: 'hang', refuses: 'refuse' };

/** Runs one way out against one server; gives what is wrong with it. */
async function runWay(way: Way, mode: ServerMode, worker: boolean): Promise<string[]> {
  const receiver = await startNumberedReceiver();
  await receiver.setMode(mode);
  const dlqPath = makeTempDirectory('exit');
  const input = {
    way: way.name,
    endpoint: receiver.url,
    dlqPath,
    count: COUNT,
    closeTimeout: CLOSE_TIMEOUT,
    worker,
    blockedMs: size(1_000, 5_000),
  };
  const child = startProgram(PROGRAM, {
    args: [JSON.stringify(input)],
    ...(way.isFirst ? { runtime: 'unshare', nodeArgs: AS_FIRST } : {}),
  });
  if (way.name === 'stopped') {
    await child.line('ready');
    child.kill('SIGSTOP');
    await sleep(600);
    child.kill('SIGCONT');
  }
  const end = await child.ended;
  const faults: string[] = [];
  if ((end.signal ?? end.code) !== way.end)
    faults.push(`ended with ${end.signal ?? end.code}: ${end.stderr}`);
  const pause = way.name === 'blocked' ? input.blockedMs : 0;
  if (end.ms > CLOSE_TIMEOUT + 500 + pause + SLACK) faults.push(`took ${end.ms.toFixed()} ms`);
  const ledger = /^ledger (.*)$/m.exec(end.stdout)?.[1];
  // The handlers of `exit` run for all ends but those by signal.
  if (ledger === undefined && typeof way.end === 'number') faults.push('no exit handler ran');
  if (ledger !== undefined) {
    const { accepted, delivered, deadLettered, dropped, pending } = JSON.parse(ledger) as Record<
      string,
      number
    >;
    if (accepted !== delivered! + deadLettered! + dropped! + pending!)
      faults.push(`does not balance: ${ledger}`);
  }
  const left = await recover(receiver, dlqPath);
  if (left.length > 0) faults.push(`left: ${left.join()}`);
  if (receiver.torn.length > 0) faults.push(`torn: ${receiver.torn.join()}`);
  const lost = way.isAbrupt ? [] : missing(receiver, way.name, way.logged ?? COUNT);
  if (way.name === 'fork') lost.push(...missing(receiver, 'natural', COUNT));
  if (lost.length > 0) faults.push(`lost ${lost.length}: ${lost.join()}; ${ledger}`);
  return faults.map((fault) => `${way.name}: ${fault}`);
}

describe.each([
  ['on its thread', false],
  ['in a worker', true],
])(
  'an app with the sender %s that ends in any way keeps its entries and its own exit status',
  { timeout: 120_000 },
  (_place, worker) => {
    it.each(Object.entries(SERVERS))('when the server %s', async (_, mode) => {
      const faults: string[] = [];
      await inParallel(
        4,
        WAYS.map((way) => async () => void faults.push(...(await runWay(way, mode, worker)))),
      );
      expect(faults).toEqual([]);
    });
  },
);
