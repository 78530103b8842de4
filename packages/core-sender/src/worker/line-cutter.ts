/** What is kept in memory between lines. */
const USUAL_BYTES = 128 * 1024;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * A line in bytes, from `start` to `end`, where its line end begins. The bytes are used again after the call.
 * Must not throw.
 */
export type TakeLine = (bytes: Buffer, start: number, end: number) => void;

/** Cuts text into lines. The text becomes bytes in a buffer that is used again and again: fresh memory costs most. */
export class LineCutter {
  readonly #take: TakeLine;
  #bytes: Buffer = Buffer.allocUnsafeSlow(USUAL_BYTES);
  /** Bytes of the line that has begun. */
  #length = 0;

  constructor(take: TakeLine) {
    this.#take = take;
  }

  /** Takes the next text; blank lines are left out. */
  push(text: string): void {
    // A UTF-16 unit is at most three bytes of UTF-8; one more for the end of the last line.
    this.#makeRoom(this.#length + text.length * 3 + 1);
    const bytes = this.#bytes;
    const end = this.#length + bytes.write(text, this.#length);
    let start = 0;
    for (
      let at = bytes.indexOf(LINE_FEED, this.#length);
      at !== -1 && at < end;
      at = bytes.indexOf(LINE_FEED, start)
    ) {
      this.#takeLine(start, at);
      start = at + 1;
    }
    if (start > 0) bytes.copyWithin(0, start, end);
    this.#length = end - start;
  }

  /** The text is over: what is left is a line without an end. */
  end(): void {
    const length = this.#length;
    this.#length = 0;
    this.#bytes[length] = LINE_FEED;
    this.#takeLine(0, length);
  }

  #takeLine(start: number, lineFeed: number): void {
    const bytes = this.#bytes;
    const end = lineFeed > start && bytes[lineFeed - 1] === CARRIAGE_RETURN ? lineFeed - 1 : lineFeed;
    if (end > start) this.#take(bytes, start, end);
  }

  /** For a line of megabytes it grows, and is small again after it. */
  #makeRoom(size: number): void {
    const isTooLarge = this.#bytes.length > USUAL_BYTES && size <= USUAL_BYTES;
    if (size <= this.#bytes.length && !isTooLarge) return;
    const bytes = Buffer.allocUnsafeSlow(size <= USUAL_BYTES ? USUAL_BYTES : size * 2);
    this.#bytes.copy(bytes, 0, 0, this.#length);
    this.#bytes = bytes;
  }
}
