import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import type { Clock, Timer } from '../clock.ts';
import { leaseName } from './segment-name.ts';

// Captured at load so that an app's fake timers can neither age a lease nor keep it young.
const { now: wallNow } = Date;

/** A live owner touches its lease this often; one not touched for {@link STALE_MS} is dead (design.md 5.5). */
const TOUCH_MS = 10_000;
const STALE_MS = 60_000;

interface LeaseContent {
  pid: number;
  /** Tells process ids of one machine or container from those of another on a shared volume. */
  namespace: string;
}

/** Proof that the owner of open and claimed segments is alive: a file of its own, touched as long as it runs. */
export class Lease {
  /** Random, not the pid: containers on one volume can share a pid. */
  readonly owner: string = randomBytes(8).toString('hex');
  /** Counts how often the lease was taken: what was made in an earlier term may have been taken over. */
  term = 0;
  readonly #directory: string;
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #touchedAt = Number.NEGATIVE_INFINITY;

  constructor(directory: string, clock: Clock) {
    this.#directory = directory;
    this.#clock = clock;
  }

  get path(): string {
    return join(this.#directory, leaseName(this.owner));
  }

  /** Whether it is held, and no other can have taken this owner for dead: its loop stood still, or the machine slept. */
  get isSure(): boolean {
    return this.#clock.now() - this.#touchedAt <= STALE_MS - TOUCH_MS;
  }

  /** Writes the lease; before the first segment of this owner appears. Rejects with the file system's error. */
  async take(): Promise<void> {
    await fs.promises.writeFile(this.path, contentText(), { mode: 0o600 });
    this.#hold();
  }

  /** {@link take} before it returns. Throws the file system's error. */
  takeSync(): void {
    fs.writeFileSync(this.path, contentText(), { mode: 0o600 });
    this.#hold();
  }

  /** Gives the lease up; everything this owner held must be sealed or released by then. */
  async release(): Promise<void> {
    if (this.#letGo()) await fs.promises.rm(this.path, { force: true });
  }

  /** {@link release} before it returns. */
  releaseSync(): void {
    if (this.#letGo()) fs.rmSync(this.path, { force: true });
  }

  #hold(): void {
    this.term++;
    this.#touchedAt = this.#clock.now();
    this.#timer?.cancel();
    this.#timer = this.#clock.schedule(TOUCH_MS, () => this.#touch());
  }

  #letGo(): boolean {
    const wasHeld = this.#touchedAt !== Number.NEGATIVE_INFINITY;
    this.#timer?.cancel();
    this.#touchedAt = Number.NEGATIVE_INFINITY;
    return wasHeld;
  }

  #touch(): void {
    const seconds = wallNow() / 1_000;
    fs.promises.utimes(this.path, seconds, seconds).then(
      () => (this.#touchedAt = this.#clock.now()),
      // Deleted or unwritable: who writes notices by `isSure` and starts over.
      () => {},
    );
    this.#timer = this.#clock.schedule(TOUCH_MS, () => this.#touch());
  }
}

function contentText(): string {
  return JSON.stringify({ pid: process.pid, namespace: pidNamespace() } satisfies LeaseContent);
}

/** Whether the owner with this lease is gone: no lease, one gone stale, or a process of this machine that ended. */
export async function isOwnerDead(directory: string, owner: string): Promise<boolean> {
  const path = join(directory, leaseName(owner));
  try {
    const { mtimeMs } = await fs.promises.stat(path);
    if (wallNow() - mtimeMs > STALE_MS) return true;
    const { pid, namespace } = JSON.parse(await fs.promises.readFile(path, 'utf8')) as LeaseContent;
    return namespace !== '' && namespace === pidNamespace() && !isRunning(pid);
  } catch (error) {
    // Unreadable or half written: its age decides, at a later look.
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Names the set of processes in which a pid means something: this boot of this kernel, this pid namespace. Empty
 * where the system does not tell (not Linux): there only the age of a lease counts.
 */
function pidNamespace(): string {
  try {
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${fs.readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}
