import { randomUUID } from 'node:crypto';
import { basename, dirname, relative } from 'node:path';
import { hookFileSystem } from '../programs/fs-hook.mjs';
import { ForgetfulFile } from './forgetful-file.ts';

class Directory {
  readonly names = new Map<string, Inode>();
  readonly durable = new Map<string, Inode>();
}

type Inode = ForgetfulFile | Directory;

interface Place {
  directory: Directory;
  name: string;
}

/** One atomic change of names: a rename has both sides. */
interface NameChange {
  inode: Inode;
  from?: Place;
  to?: Place;
}

/** Calls that change nothing: a crash before one of them is the crash before the next that does. */
const READS = new Set(['readFile', 'stat', 'access', 'readdir', 'opendir', 'close', 'utimes']);

/**
 * A disk in memory on which only fsync makes things last: that of a file its bytes, that of a directory its names.
 * {@link crash} keeps any subset of the rest. The `fs` functions the sender calls are led to it below {@link path}.
 */
export class ForgetfulDisk {
  readonly path = `/forgetful-${randomUUID()}`;
  readonly #root = new Directory();
  readonly #descriptors = new Map<number, Inode>();
  #changes: NameChange[] = [];
  static #lastDescriptor = 1_000_000;

  /** Leads the calls here; `beforeChange` hears of each that changes something. Gives the function that ends it. */
  mount(beforeChange: () => void = () => {}): () => void {
    return hookFileSystem(this.path, ({ name, args }) => ({
      instead: () => {
        if (!READS.has(name)) beforeChange();
        // The methods have the names of the calls; one the disk lacks fails as it should, by a TypeError.
        const call = Reflect.get(this, name) as (...args: unknown[]) => unknown;
        return call.apply(this, args);
      },
    }));
  }

  /** What a power loss at this moment may leave, as another disk; this one is as it was. */
  crash(random: () => number): ForgetfulDisk {
    // Nothing kept, everything kept, and any share between are each as likely.
    const share = [0, 1, random()][Math.floor(random() * 3)]!;
    const keeps = (): boolean => random() < share;
    const names = new Map<Directory, Map<string, Inode>>();
    const namesOf = (directory: Directory): Map<string, Inode> => {
      if (!names.has(directory)) names.set(directory, new Map(directory.durable));
      return names.get(directory)!;
    };
    for (const change of this.#changes) if (keeps()) apply(change, namesOf);
    const after = new ForgetfulDisk();
    const copies = new Map<Inode, Inode>([[this.#root, after.#root]]);
    const fill = (from: Directory, to: Directory): void => {
      for (const [name, inode] of namesOf(from)) {
        const known = copies.get(inode);
        const copy = known ?? (inode instanceof ForgetfulFile ? inode.crash(keeps) : new Directory());
        copies.set(inode, copy);
        to.names.set(name, copy);
        to.durable.set(name, copy);
        if (!known && inode instanceof Directory) fill(inode, copy as Directory);
      }
    };
    fill(this.#root, after.#root);
    return after;
  }

  open(path: string, flags: string): number {
    if (flags === 'ax') {
      const place = this.#place(path);
      if (place.directory.names.has(place.name)) throw fault('EEXIST', path);
      this.#change({ inode: new ForgetfulFile(), to: place });
    }
    const fd = ++ForgetfulDisk.#lastDescriptor;
    this.#descriptors.set(fd, this.#inode(path));
    return fd;
  }

  close(fd: number): void {
    if (!this.#descriptors.delete(fd)) throw fault('EBADF', String(fd));
  }

  write(fd: number, text: string | Buffer): number {
    this.#opened(fd).append(text);
    return Buffer.byteLength(text);
  }

  ftruncate(fd: number, size: number): void {
    this.#opened(fd).truncate(size);
  }

  fsync(fd: number): void {
    const inode = this.#descriptors.get(fd);
    if (inode instanceof Directory) this.#syncNames(inode);
    else this.#opened(fd).sync();
  }

  writeFile(path: string, text: string): void {
    const file = this.#fileToWrite(path);
    file.truncate(0);
    file.append(text);
  }

  appendFile(path: string, text: string, options?: { flush?: boolean; flag?: number }): void {
    // The flags of an append that makes no file are a number.
    const file = options?.flag === undefined ? this.#fileToWrite(path) : this.#file(path);
    file.append(text);
    if (options?.flush) file.sync();
  }

  readFile(path: string, encoding?: 'utf8'): Buffer | string {
    const { bytes } = this.#file(path);
    return encoding ? bytes.toString(encoding) : Buffer.from(bytes);
  }

  stat(path: string): { size: number; mtimeMs: number } {
    const { bytes, mtimeMs } = this.#file(path);
    return { size: bytes.length, mtimeMs };
  }

  lstat(path: string): { size: number; isFile(): boolean } {
    return { size: this.#file(path).bytes.length, isFile: () => true };
  }

  access(path: string): void {
    this.#inode(path);
  }

  utimes(path: string): void {
    this.#file(path).mtimeMs = Date.now();
  }

  readdir(path: string): string[] {
    return [...this.#directory(path).names.keys()];
  }

  opendir(path: string): { name: string }[] {
    return this.readdir(path).map((name) => ({ name }));
  }

  mkdir(path: string): void {
    if (path === this.path) throw fault('EEXIST', path);
    const place = this.#place(path);
    if (place.directory.names.has(place.name)) throw fault('EEXIST', path);
    this.#change({ inode: new Directory(), to: place });
  }

  rename(from: string, to: string): void {
    const inode = this.#inode(from);
    // Two names of one file: POSIX has this do nothing.
    if (this.#place(to).directory.names.get(basename(to)) === inode) return;
    this.#change({ inode, from: this.#place(from), to: this.#place(to) });
  }

  unlink(path: string): void {
    this.#change({ inode: this.#inode(path), from: this.#place(path) });
  }

  rm(path: string): void {
    const { directory, name } = this.#place(path);
    if (directory.names.has(name)) this.unlink(path);
  }

  #change(change: NameChange): void {
    this.#changes.push(change);
    apply(change, (directory) => directory.names);
  }

  #syncNames(directory: Directory): void {
    const isHere = ({ from, to }: NameChange): boolean =>
      from?.directory === directory || to?.directory === directory;
    for (const change of this.#changes) if (isHere(change)) apply(change, (place) => place.durable);
    this.#changes = this.#changes.filter((change) => !isHere(change));
  }

  #place(path: string): Place {
    return { directory: this.#directory(dirname(path)), name: basename(path) };
  }

  #inode(path: string): Inode {
    let inode: Inode | undefined = this.#root;
    for (const name of relative(this.path, path).split('/')) {
      if (name !== '') inode = inode instanceof Directory ? inode.names.get(name) : undefined;
    }
    if (!inode) throw fault('ENOENT', path);
    return inode;
  }

  #directory(path: string): Directory {
    const inode = this.#inode(path);
    if (inode instanceof Directory) return inode;
    throw fault('ENOTDIR', path);
  }

  #file(path: string): ForgetfulFile {
    const inode = this.#inode(path);
    if (inode instanceof ForgetfulFile) return inode;
    throw fault('EISDIR', path);
  }

  #fileToWrite(path: string): ForgetfulFile {
    const place = this.#place(path);
    if (!place.directory.names.has(place.name)) this.#change({ inode: new ForgetfulFile(), to: place });
    return this.#file(path);
  }

  #opened(fd: number): ForgetfulFile {
    const inode = this.#descriptors.get(fd);
    if (inode instanceof ForgetfulFile) return inode;
    throw fault('EBADF', String(fd));
  }
}

function apply({ inode, from, to }: NameChange, namesOf: (directory: Directory) => Map<string, Inode>): void {
  if (from && namesOf(from.directory).get(from.name) === inode) namesOf(from.directory).delete(from.name);
  if (to) namesOf(to.directory).set(to.name, inode);
}

function fault(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code, path });
}
