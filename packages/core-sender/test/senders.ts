import { expect } from 'vitest';
import { afterTest } from '../../../test/kit/after-test.ts';
import { systemClock } from '../src/clock.ts';
import type { Entry } from '../src/entry/entry.ts';
import type { LogRecord } from '../src/entry/record.ts';
import type { SenderOptions } from '../src/options/options.ts';
import type { Ports } from '../src/sender.ts';
import { type Sender, createSender } from '../src/index.ts';
import { IDENTITY, type SeenWarnings, expectBalanced, seenWarnings, temporaryDirectory } from './support.ts';

export interface SenderKit {
  sender: Sender;
  seen: SeenWarnings;
  /** Sends `count` records named by {@link names}, and checks the ledger after each. */
  log: (count: number, record?: Partial<LogRecord>) => void;
}

/** A sender on a directory of its own; it is closed after the test, and its ledger must balance. */
export function startSender(
  given: SenderOptions,
  { clock = systemClock, random = Math.random }: Partial<Ports> = {},
): SenderKit {
  const seen = seenWarnings();
  const options: SenderOptions = {
    ...IDENTITY,
    dlqPath: temporaryDirectory(),
    closeTimeout: 1_000,
    ...given,
  };
  const profile = { sdkVersion: 'test/1.0.0', emitWarning: seen.emit };
  const sender = createSender(options, profile, { clock, random });
  afterTest(async () => {
    await sender.close();
    const stats = sender.stats();
    expectBalanced(stats);
    expect(stats.pending).toBe(0);
  });
  let logged = 0;
  const log: SenderKit['log'] = (count, record = {}) => {
    for (let index = 0; index < count; index++) {
      sender.send({ level: 'INFO', message: `message ${++logged}`, ...record });
      expectBalanced(sender.stats());
    }
  };
  return { sender, seen, log };
}

/** The messages of the records that were logged as number `first` to `last`. */
export function names(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => `message ${first + index}`);
}

/** The app's own entries: not those in which the sender reports drops. */
export function messages(stored: readonly Entry[]): string[] {
  return stored.filter((entry) => !isNotice(entry)).map(({ message }) => message);
}

/** Whether the sender itself says something in the entry. */
export function isNotice({ module }: Entry): boolean {
  return module === 'tracehub';
}
