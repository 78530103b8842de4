/*
 * `@tracehub/core-sender/dead-letters`: what a tool needs to explain a configuration and to work in a dead-letter
 * directory beside running apps. Made for `@tracehub/cli`; not for apps, and not under semver.
 */

// The configuration, with the source of each value.
export { type OptionSource, type OptionsInspection, inspectOptions } from './options/resolve-options.ts';
export { ingestUrl } from './options/endpoint.ts';

// Looking: nothing here changes a directory.
export { destinationName, isDestinationName } from './dead-letters/destination.ts';
export { type SegmentName, leaseOwner, parseSegmentName } from './dead-letters/segment-name.ts';
export { type DecodedSegment, type StoredEntry, decodeSegment } from './dead-letters/segment-format.ts';
export { parseEntry } from './dead-letters/stored-entry.ts';
export { isOwnerDead } from './dead-letters/lease.ts';

// Acting, under leases.
export { Lease } from './dead-letters/lease.ts';
export { claimEach } from './dead-letters/claim-each.ts';
export type { SegmentClaim, Selection } from './dead-letters/segment-claim.ts';
export { LetterBox, type ReplayCounts, type ReplayRun } from './dead-letters/letter-box.ts';
export type { AppendResult } from './dead-letters/dead-letter-queue.ts';
export { syncNames } from './dead-letters/durable-names.ts';

// Making entries of what others wrote.
export { Enricher } from './entry/enricher.ts';
export { levelRank } from './entry/level.ts';
export { COLUMN_LIMITS, MAX_EXTRA_DEPTH, MAX_PID, MAX_SEARCH_BYTES } from './entry/limits.ts';
export { isStorable } from './entry/timestamp.ts';
export { type Clock, systemClock } from './clock.ts';
