import { channel } from 'node:diagnostics_channel';
import type { DropReason } from './ledger.ts';

/** Messages of the `diagnostics_channel`s; publishing costs nothing while nobody subscribes. */
export interface DiagnosticMessages {
  'tracehub.batch.delivered': { entries: number; bytes: number; attempts: number };
  'tracehub.batch.retry': { entries: number; attempt: number; delay: number; reason: string };
  'tracehub.batch.dead-lettered': { entries: number; reason: string };
  'tracehub.entry.dropped': { entries: number; reason: DropReason };
  'tracehub.gate': { open: boolean; reason: string };
}

const CHANNELS = {
  'tracehub.batch.delivered': channel('tracehub.batch.delivered'),
  'tracehub.batch.retry': channel('tracehub.batch.retry'),
  'tracehub.batch.dead-lettered': channel('tracehub.batch.dead-lettered'),
  'tracehub.entry.dropped': channel('tracehub.entry.dropped'),
  'tracehub.gate': channel('tracehub.gate'),
} satisfies Record<keyof DiagnosticMessages, unknown>;

let isTelling = false;

/** Tells subscribers of `name`, if there are any. */
export function publish<Name extends keyof DiagnosticMessages>(
  name: Name,
  message: DiagnosticMessages[Name],
): void {
  const target = CHANNELS[name];
  // A subscriber that logs is not told what its own log call did: that would never end.
  if (isTelling || !target.hasSubscribers) return;
  isTelling = true;
  try {
    target.publish(message);
  } finally {
    isTelling = false;
  }
}
