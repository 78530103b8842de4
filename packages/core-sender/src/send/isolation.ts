import type { EncodedEntry } from '../entry/encoded-entry.ts';

/** Refusals in a row, without one entry getting through, after which single entries are tried. */
const REFUSALS_BEFORE_SAMPLES = 32;

/** Single entries, from all over the batch, that must all be refused for the rest to be given up with them. */
const SAMPLES = 16;

/** What is known of one batch while it is sent in parts. */
export interface Isolation {
  /** Parts still to be sent, the larger first: good ones get through early. */
  parts: EncodedEntry[][];
  /** Nothing of it has been split yet. */
  isWhole: boolean;
  refusals: number;
  /** Refusals in a row after which this cannot be about single entries. */
  patience: number;
  isSampling: boolean;
  /** A probe found the server well, so a 500 is about the entries. */
  isServerWell: boolean;
}

/** A batch that is still whole. */
export function createIsolation(entries: EncodedEntry[]): Isolation {
  return {
    parts: [entries],
    isWhole: true,
    refusals: 0,
    patience: REFUSALS_BEFORE_SAMPLES,
    isSampling: false,
    isServerWell: false,
  };
}

/** The part was refused whole: its halves are sent on their own. */
export function addHalves(entries: readonly EncodedEntry[], isolation: Isolation): void {
  const middle = Math.ceil(entries.length / 2);
  isolation.isWhole = false;
  isolation.parts.push(entries.slice(0, middle), entries.slice(middle));
}

/** From now on single entries from all over `rest` come first, then what lies between them. */
export function startSampling(rest: readonly EncodedEntry[], isolation: Isolation): void {
  const count = Math.min(SAMPLES, rest.length);
  const starts = Array.from({ length: count }, (_, index) => Math.floor((index * rest.length) / count));
  const singles = starts.map((start) => rest.slice(start, start + 1));
  const others = starts.map((start, index) => rest.slice(start + 1, starts[index + 1]));
  isolation.isSampling = true;
  isolation.refusals = 0;
  isolation.patience = count;
  isolation.parts = [...singles, ...others.filter((part) => part.length > 0)];
}
