import type { Line } from './record-line.ts';

/** Large enough that a chunk is seldom full within a turn, small enough to be cheap for an app that hardly logs. */
const CHUNK_BYTES = 64 * 1024;

/** A UTF-16 unit takes at most three bytes of UTF-8. */
const MOST_BYTES = 3;

const BREAK = 10;

// An app's fake timers must not hold lines back.
const { setImmediate } = globalThis;

/**
 * Lines on their way to the worker. All of one turn of the loop are handed over at once: a handover costs as much as
 * ten lines. Nothing is handed over before {@link open}.
 */
export class LineBuffer {
  readonly #handOver: (bytes: Buffer) => void;
  #held: Buffer[] | undefined = [];
  #chunk = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  #isDue = false;

  constructor(handOver: (bytes: Buffer) => void) {
    this.#handOver = handOver;
  }

  add({ head, json }: Line): void {
    const room = (head.length + json.length) * MOST_BYTES + 1;
    if (this.#chunk.length - this.#end < room) this.#renew(room);
    const chunk = this.#chunk;
    let end = this.#end;
    // A head is ASCII, and nearly always no more than a letter and a blank: a call would cost more.
    for (let index = 0; index < head.length; index++) chunk[end++] = head.charCodeAt(index);
    end += chunk.write(json, end);
    chunk[end] = BREAK;
    this.#end = end + 1;
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => this.flush());
  }

  /** Hands over what is there, now. */
  flush(): void {
    this.#isDue = false;
    if (this.#end === this.#start) return;
    const bytes = this.#chunk.subarray(this.#start, this.#end);
    this.#start = this.#end;
    if (this.#held) this.#held.push(bytes);
    else this.#handOver(bytes);
  }

  /** From now on lines are handed over, first those that were held. */
  open(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const bytes of held) this.#handOver(bytes);
    this.flush();
  }

  /** The text of the lines that are still here, for whoever else may take them: of all, until {@link open}. */
  takeHeld(): string {
    if (!this.#held) return '';
    this.flush();
    const text = Buffer.concat(this.#held).toString();
    this.#held = [];
    return text;
  }

  #renew(room: number): void {
    this.flush();
    this.#chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, room));
    this.#start = this.#end = 0;
  }
}
