import { isSame } from './same-bytes.ts';

/** Values kept: as many as the lines of a logger take turns with. */
const KEPT = 4;

/** Parses values that mostly repeat one of those before: these are compared, not parsed. */
export class RepeatedValue {
  readonly #kept: { bytes: Uint8Array; value: unknown }[] = [];
  #oldest = 0;

  /** The value whose JSON lies in `bytes` from `start` to `end`. */
  of(bytes: Buffer, start: number, end: number): unknown {
    for (const { bytes: known, value } of this.#kept) if (isSame(known, bytes, start, end)) return value;
    const value: unknown = JSON.parse(bytes.toString('utf8', start, end));
    this.#kept[this.#oldest] = { bytes: Uint8Array.prototype.slice.call(bytes, start, end), value };
    this.#oldest = (this.#oldest + 1) % KEPT;
    return value;
  }
}
