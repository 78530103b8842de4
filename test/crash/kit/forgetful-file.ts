/** Bytes that reach the disk together or not at all. */
const SECTOR = 512;

/** A file as programs see it, what of it an fsync has put on the disk, and what was done to it since. */
export class ForgetfulFile {
  mtimeMs: number = Date.now();
  #bytes: Buffer = Buffer.alloc(0);
  #durable: Buffer = Buffer.alloc(0);
  #changes: ({ at: number; data: Buffer } | { size: number })[] = [];

  get bytes(): Buffer {
    return this.#bytes;
  }

  append(text: string | Buffer): void {
    const data = Buffer.from(text);
    this.#changes.push({ at: this.#bytes.length, data });
    this.#bytes = Buffer.concat([this.#bytes, data]);
  }

  truncate(size: number): void {
    this.#changes.push({ size });
    this.#bytes = this.#bytes.subarray(0, size);
  }

  sync(): void {
    this.#durable = this.#bytes;
    this.#changes = [];
  }

  /** What a power loss may leave: what is durable, and of the rest any sectors; those missing in between are zeros. */
  crash(keeps: () => boolean): ForgetfulFile {
    let bytes = this.#durable;
    for (const change of this.#changes) {
      if ('size' in change) {
        if (keeps()) bytes = bytes.subarray(0, change.size);
        continue;
      }
      for (const { at, data } of sectorsOf(change.at, change.data)) {
        if (keeps()) bytes = overwrite(bytes, at, data);
      }
    }
    // The size is kept apart from the bytes.
    if (this.#changes.length > 0 && keeps()) bytes = overwrite(bytes, this.#bytes.length, Buffer.alloc(0));
    const after = new ForgetfulFile();
    after.#bytes = bytes;
    after.#durable = bytes;
    // The machine was off for longer than a lease lasts.
    after.mtimeMs = this.mtimeMs - 120_000;
    return after;
  }
}

function* sectorsOf(start: number, data: Buffer): Generator<{ at: number; data: Buffer }> {
  const end = start + data.length;
  for (let at = start; at < end;) {
    const next = Math.min(end, at - (at % SECTOR) + SECTOR);
    yield { at, data: data.subarray(at - start, next - start) };
    at = next;
  }
}

function overwrite(bytes: Buffer, at: number, data: Buffer): Buffer {
  const result = Buffer.alloc(Math.max(bytes.length, at + data.length));
  bytes.copy(result);
  data.copy(result, at);
  return result;
}
