/*
 * Names say what a segment is, so that a directory of many is understood by listing it:
 *
 *   000000000012-3f9a….open              being written by the owner 3f9a…
 *   000000000012-3f9a…-250-81920.seg     sealed, 250 entries in 81920 bytes, waiting
 *   000000000012-3f9a….seg               the same, taken over from a dead owner who could not say how many
 *   000000000012-3f9a…-….seg.b41c…       claimed for replay by the owner b41c…
 *   3f9a….lease                          proof of life of an owner
 *
 * Renaming is the only transition, so it is atomic between processes.
 */

export interface SegmentName {
  /** Orders the segments; never a time, because clocks go backwards between runs. */
  number: number;
  /** Who wrote it. */
  owner: string;
  /** Entries and bytes in it, if the name says. */
  size: SegmentSize | undefined;
  state: 'open' | 'sealed' | 'claimed';
  /** Who must be dead before another may take the segment: the writer of an open one, the claimer of a claimed one. */
  holder: string | undefined;
}

export interface SegmentSize {
  count: number;
  bytes: number;
}

/** Fifteen digits are still a whole number; with thirteen a number follows a foreign one of twelve nines. */
const NAME = /^(\d{12,15})-([0-9a-f]+)(?:-(\d+)-(\d+))?\.(open|seg)(?:\.([0-9a-f]+))?$/;
const LEASE = /^([0-9a-f]+)\.lease$/;

export function parseSegmentName(file: string): SegmentName | undefined {
  const match = NAME.exec(file);
  if (!match) return undefined;
  const [, number, owner = '', count, bytes, kind, claimer] = match;
  const state = kind === 'open' ? 'open' : claimer === undefined ? 'sealed' : 'claimed';
  return {
    number: Number(number),
    owner,
    size: count === undefined ? undefined : { count: Number(count), bytes: Number(bytes) },
    state,
    holder: state === 'open' ? owner : claimer,
  };
}

export function openName(number: number, owner: string): string {
  return `${base(number, owner)}.open`;
}

export function sealedName(number: number, owner: string, size?: SegmentSize): string {
  return `${base(number, owner)}${size ? `-${size.count}-${size.bytes}` : ''}.seg`;
}

export function claimedName(sealed: string, claimer: string): string {
  return `${sealed}.${claimer}`;
}

/** The name a segment gets back when its holder is dead or gives it up. */
export function releasedName(file: string): string {
  const name = parseSegmentName(file);
  return name ? sealedName(name.number, name.owner, name.size) : file;
}

export function leaseName(owner: string): string {
  return `${owner}.lease`;
}

/** The owner a lease file speaks for. */
export function leaseOwner(file: string): string | undefined {
  return LEASE.exec(file)?.[1];
}

function base(number: number, owner: string): string {
  return `${String(number).padStart(12, '0')}-${owner}`;
}
