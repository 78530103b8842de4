import { randomBytes } from 'node:crypto';
import type { ResolvedOptions } from '../options/options.ts';
import { EntryChunks } from './entry-chunks.ts';
import { Origin } from './origin.ts';
import type { AdapterProfile } from './record.ts';
import { TimestampMaker } from './timestamp.ts';

/** What all entries of one sender have in common, however they are made. */
export class EntryMint {
  readonly stamps: TimestampMaker = new TimestampMaker();
  readonly chunks: EntryChunks = new EntryChunks();
  readonly origin: Origin;
  /** Random per sender, so that no two processes, forks or restarts ever mint the same entry id. */
  readonly #senderId: string = randomBytes(8).toString('hex');

  constructor(options: ResolvedOptions, profile: AdapterProfile) {
    this.origin = new Origin(options, profile);
  }

  /** @param seq The entry's place in the sequence of the sender. */
  id(seq: number | string): string {
    return `${this.#senderId}-${seq}`;
  }
}
