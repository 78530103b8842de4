import fs from 'node:fs';
import { join } from 'node:path';
import { isOwnerDead } from './lease.ts';
import { MAX_SEGMENT_BYTES } from './segment-format.ts';
import { type SegmentName, leaseName, leaseOwner, parseSegmentName, releasedName } from './segment-name.ts';

/** Entries read from the directory in one go: 100,000 waiting files must not block the app's thread. */
const CHUNK = 256;

/**
 * What lies in the directory of a destination, by name only: the sealed segments, oldest first, and how many bytes
 * there are in all. Other processes write there too, so it is a picture of the last scan plus what this one did.
 */
export class SegmentCatalog {
  readonly #directory: string;
  #sealed: string[] = [];
  #sealedBytes = 0;
  /** Sizes of the segments whose name does not say it, as those a dead owner had open, or cannot be believed. */
  #sizes = new Map<string, number>();
  #bytes = 0;
  #lastNumber = 0;
  #rejectedBytes = 0;
  #quarantined: { file: string; bytes: number }[] = [];
  /** What happens to sealed segments while the directory is read, which may see it or not. */
  #meanwhile: { added: Set<string>; taken: Set<string> } | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes of refused entries, which are never dropped to make room. */
  get rejectedBytes(): number {
    return this.#rejectedBytes;
  }

  /** Bytes that dropping every sealed segment would free. Kept, not added up: it is asked for with each one dropped. */
  get sealedBytes(): number {
    return this.#sealedBytes;
  }

  get hasSealed(): boolean {
    return this.#sealed.length > 0;
  }

  nextNumber(): number {
    return ++this.#lastNumber;
  }

  /** Bytes were written to an open segment. */
  grow(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Refused entries were written. */
  growRejected(bytes: number): void {
    this.#rejectedBytes += bytes;
    this.#bytes += bytes;
  }

  /** A segment is now sealed and waiting; its bytes are already counted. */
  add(file: string): void {
    this.#sealed.push(file);
    this.#added(file);
  }

  /** A claimed segment waits again, before all others. */
  putBack(file: string): void {
    this.#sealed.unshift(file);
    this.#added(file);
  }

  /** The oldest sealed segment; it stays counted until {@link shrink}. */
  takeOldest(): string | undefined {
    const file = this.#sealed.shift();
    if (file === undefined) return undefined;
    this.#sealedBytes -= this.#bytesOf(file);
    this.#meanwhile?.taken.add(file);
    this.#meanwhile?.added.delete(file);
    return file;
  }

  /** The oldest sealed segment, which is about to be deleted. */
  dropOldest(): string | undefined {
    const file = this.takeOldest();
    if (file !== undefined) this.shrink(this.#bytesOf(file));
    return file;
  }

  /** The oldest file in quarantine, which is about to be deleted. */
  dropQuarantined(): string | undefined {
    const damaged = this.#quarantined.shift();
    if (damaged) this.shrink(damaged.bytes);
    return damaged?.file;
  }

  /** A file was deleted. */
  shrink(bytes: number): void {
    this.#bytes = Math.max(this.#bytes - bytes, 0);
  }

  /** Looks at the directory afresh and takes over what dead owners left behind; `self` is never dead. */
  async scan(self: string): Promise<void> {
    const meanwhile = (this.#meanwhile = { added: new Set<string>(), taken: new Set<string>() });
    const bytesBefore = this.#bytes;
    try {
      const { sealed, sizes, bytes } = await this.#read(self);
      const rejected = await this.#sizesIn('rejected');
      const quarantined = await this.#sizesIn('quarantine');
      for (const file of meanwhile.taken) sealed.delete(file);
      for (const file of meanwhile.added) sealed.add(file);
      this.#sealed = [...sealed].toSorted();
      this.#sizes = sizes;
      this.#sealedBytes = this.#sealed.reduce((sum, file) => sum + this.#bytesOf(file), 0);
      this.#rejectedBytes = sumOf(rejected);
      this.#quarantined = quarantined.toSorted((a, b) => (a.file < b.file ? -1 : 1));
      this.#bytes += bytes + this.#rejectedBytes + sumOf(quarantined) - bytesBefore;
    } finally {
      this.#meanwhile = undefined;
    }
  }

  /** The segments in the directory: those that wait, those of dead owners now among them, and the bytes of all. */
  async #read(self: string): Promise<{ sealed: Set<string>; sizes: Map<string, number>; bytes: number }> {
    const sealed = new Set<string>();
    const leases = new Set<string>();
    const dead = new Map<string, boolean>([[self, false]]);
    const kept = new Set<string>([self]);
    const sizes = new Map<string, number>();
    let bytes = 0;
    for await (const { name: file } of await fs.promises.opendir(this.#directory, { bufferSize: CHUNK })) {
      const owner = leaseOwner(file);
      if (owner !== undefined) leases.add(owner);
      const name = parseSegmentName(file);
      if (!name) continue;
      this.#lastNumber = Math.max(this.#lastNumber, name.number);
      if (!hasSize(name)) sizes.set(releasedName(file), await this.#sizeOf(file));
      bytes += sizes.get(releasedName(file)) ?? name.size?.bytes ?? 0;
      if (name.holder === undefined) {
        sealed.add(file);
        continue;
      }
      if (!dead.has(name.holder)) dead.set(name.holder, await isOwnerDead(this.#directory, name.holder));
      const released = dead.get(name.holder) ? await this.#release(file) : undefined;
      if (released !== undefined) sealed.add(released);
      else kept.add(name.holder);
    }
    await this.#dropDeadLeases([...leases].filter((owner) => !kept.has(owner)));
    return { sealed, sizes, bytes };
  }

  #added(file: string): void {
    this.#sealedBytes += this.#bytesOf(file);
    this.#meanwhile?.added.add(file);
    this.#meanwhile?.taken.delete(file);
  }

  #bytesOf(file: string): number {
    return this.#sizes.get(file) ?? parseSegmentName(file)?.size?.bytes ?? 0;
  }

  /** The new name, or undefined if another process was faster. */
  async #release(file: string): Promise<string | undefined> {
    const released = releasedName(file);
    try {
      await fs.promises.rename(join(this.#directory, file), join(this.#directory, released));
      return released;
    } catch {
      return undefined;
    }
  }

  async #sizesIn(folder: string): Promise<{ file: string; bytes: number }[]> {
    const sizes: { file: string; bytes: number }[] = [];
    try {
      for (const name of await fs.promises.readdir(join(this.#directory, folder))) {
        const file = join(folder, name);
        sizes.push({ file, bytes: await this.#sizeOf(file) });
      }
    } catch {
      // Not made yet.
    }
    return sizes;
  }

  async #sizeOf(file: string): Promise<number> {
    try {
      return (await fs.promises.stat(join(this.#directory, file))).size;
    } catch {
      return 0;
    }
  }

  async #dropDeadLeases(owners: string[]): Promise<void> {
    for (const owner of owners) {
      if (!(await isOwnerDead(this.#directory, owner))) continue;
      await fs.promises.rm(join(this.#directory, leaseName(owner)), { force: true }).catch(() => {});
    }
  }
}

function hasSize({ size }: SegmentName): boolean {
  return size !== undefined && size.bytes <= MAX_SEGMENT_BYTES;
}

function sumOf(files: readonly { bytes: number }[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
