import { doneLine } from './segment-format.ts';
import type { SegmentWriter } from './segment-writer.ts';

/** Where an entry lies on disk before it is delivered: byte offsets of its line in an open segment. */
export interface DurablePlace {
  segment: DurableSegment;
  from: number;
  to: number;
}

/** One open segment of the durable log, with the ends its entries have come to. */
export class DurableSegment {
  readonly writer: SegmentWriter;
  /** Entries in it that are still waiting or in flight. */
  pending = 0;
  /** Entries that are to be replayed from here. */
  deadLetters = 0;
  /** Another process has the file, or it was deleted: what is in it is not safe here. */
  isLost = false;
  /** Finished ranges that are not yet marked in the file. */
  #done: { from: number; to: number }[] = [];

  constructor(writer: SegmentWriter) {
    this.writer = writer;
  }

  get hasUnmarked(): boolean {
    return this.#done.length > 0;
  }

  /** The entry needs no replay: delivered, or kept elsewhere. */
  done(place: DurablePlace): void {
    this.pending--;
    const last = this.#done.at(-1);
    // A batch is delivered in about the order it was written in: most ranges meet.
    if (last && last.to === place.from) last.to = place.to;
    else this.#done.push({ from: place.from, to: place.to });
  }

  /** The entry stays here, as a dead letter. */
  keep(): void {
    this.pending--;
    this.deadLetters++;
  }

  /** The marks for what was finished since the last call. */
  takeMarks(): string {
    const ranges = this.#done.toSorted((a, b) => a.from - b.from);
    this.#done = [];
    const marks: { from: number; to: number }[] = [];
    for (const range of ranges) {
      const last = marks.at(-1);
      if (last && last.to === range.from) last.to = range.to;
      else marks.push(range);
    }
    return marks.map(({ from, to }) => doneLine(from, to)).join('');
  }
}
