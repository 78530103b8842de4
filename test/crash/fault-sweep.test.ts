import { describe, expect, it } from 'vitest';
import '../kit/setup.ts';
import { ask } from './kit/lives.ts';
import { size } from './kit/size.ts';

/** In the order of the life of an entry; see `programs/fault-flows.mjs`. */
const FLOWS = [
  'append',
  'spill',
  'exit',
  'exitInFlight',
  'replay',
  'ownReplay',
  'durable',
  'durableInTheCall',
  'durableExit',
  'durableExitInTheCall',
  'reject',
];

interface Swept {
  /** Flows run, and calls to the file system one makes. */
  runs: number;
  calls: number;
  /** By failed call, runs in which entries were counted as dropped that the disk had after all. */
  ghosts: Record<string, number>;
  problems: string[];
  unhandled: string[];
}

describe('with every call to the file system failing in turn', { timeout: size(60_000, 1_200_000) }, () => {
  it.each(FLOWS)('%s loses nothing uncounted, throws nothing and goes on', async (flow) => {
    const full = size(0, 1) === 1;
    const swept = await ask<Swept>('fault-sweep', { flow, full }, 'swept', size(60_000, 1_200_000));
    expect(swept.runs).toBeGreaterThan(swept.calls);
    console.log(`fault sweep, ${flow}: ${swept.calls} calls to the file system, ${swept.runs} runs`);
    expect({ problems: swept.problems, unhandled: swept.unhandled }).toEqual({ problems: [], unhandled: [] });
  });
});
