import { setTimeout as sleep } from 'node:timers/promises';
import { createSender } from '@tracehub/core-sender';
import { watchLedger } from './ledger-check.ts';
import type { Receiver } from './receiver.ts';
import type { TestOptions } from './sender-options.ts';

/** Starts a sender on a directory another one left, as a restarted app would, until `count` letters are delivered. */
export async function replayAll(options: TestOptions, receiver: Receiver, count: number): Promise<void> {
  const sender = createSender(options, { sdkVersion: 'restart/0.0.0' });
  watchLedger('the restarted sender', sender);
  try {
    await receiver.waitFor(count, 60_000);
    // Told to the sender, too: a close between the two leaves letters that were delivered.
    while (sender.stats().replayed < count) await sleep(5);
  } finally {
    await sender.close();
  }
}

/** How many different ids and messages came, and how many entries beyond that. */
export function receivedOnce(receiver: Receiver): { ids: number; messages: number; duplicates: number } {
  const entries = receiver.entries();
  return {
    ids: receiver.ids().size,
    messages: new Set(entries.map(({ message }) => message)).size,
    duplicates: receiver.duplicates(),
  };
}
