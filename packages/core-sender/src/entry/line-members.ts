import { CanonicalJson, keyHash } from './canonical-json.ts';
import { isSame } from './same-bytes.ts';

/** A longer line is parsed: in a shorter one nothing can exceed a limit of `extra` (`EXTRA_LIMITS`). */
const MAX_LINE_BYTES = 8 * 1024;

/** Members with a column, and members without one between them. */
const MAX_RUNS = 64;

const COMMA = 0x2c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;

/** A key that has no column. */
const REST = -1;
/** A line with this key is to be parsed. */
const FAILS = -2;
/** The same, if the value is an object or a list. */
const FAILS_WITH_CONTAINER = -3;

/** The top-level keys that mean something. One that is named twice in different ways makes every line of it fail. */
export interface LineKeys {
  /** Where each column is to be found. */
  columns: readonly (string | undefined)[];
  /** A line with one of these is to be parsed. */
  failing: readonly string[];
  /** The same where the value is an object or a list. */
  scalars: readonly string[];
  /** Looked out for at every depth. */
  watched: string;
}

interface Key {
  bytes: Buffer;
  hash: number;
  role: number;
}

/**
 * The top-level members of a line of JSON, found in one pass over its bytes, which at the same time makes sure that
 * they can be sent as they stand (`canonical-json.ts`). Made once, used for one line after the other.
 */
export class LineMembers {
  /** Runs of members that make up the line, in its order. */
  runCount = 0;
  readonly #json: CanonicalJson;
  readonly #keys: readonly Key[];
  /** Place of a key in `#keys`, from 1, by its hash; 0: none. Open addressing. */
  readonly #slots = new Uint8Array(256);
  /** Start and end of the value of each column; an end of 0: the line does not have it. */
  readonly #values: Int32Array;
  /** Column, start and end of each run. A column is a run of its own; what has none is in one with its neighbours. */
  readonly #runs = new Int32Array(MAX_RUNS * 3);

  constructor(keys: LineKeys) {
    this.#json = new CanonicalJson(keys.watched);
    this.#values = new Int32Array(keys.columns.length * 2);
    this.#keys = [...rolesOf(keys)].map(([key, role]) => ({
      bytes: Buffer.from(key),
      hash: keyHash(key),
      role,
    }));
    for (const [index, { hash }] of this.#keys.entries()) {
      let slot = hash & 255;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & 255;
      this.#slots[slot] = index + 1;
    }
  }

  get isWatchedKeyMet(): boolean {
    return this.#json.isWatchedKeyMet;
  }

  has(column: number): boolean {
    return this.#values[column * 2 + 1] !== 0;
  }

  startOf(column: number): number {
    return this.#values[column * 2]!;
  }

  endOf(column: number): number {
    return this.#values[column * 2 + 1]!;
  }

  /** The column of a run; below 0 if it has none. */
  runColumn(run: number): number {
    return this.#runs[run * 3]!;
  }

  runStart(run: number): number {
    return this.#runs[run * 3 + 1]!;
  }

  runEnd(run: number): number {
    return this.#runs[run * 3 + 2]!;
  }

  /** Finds the members of the line from `start` to `end`, behind which there is its line end; false: it is to be parsed. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start > MAX_LINE_BYTES || bytes[start] !== OPEN) return false;
    const json = this.#json;
    json.reset();
    this.runCount = 0;
    this.#values.fill(0);
    for (let at = start + 1; ; at++) {
      const valueStart = json.endOfKey(bytes, at, 0);
      if (valueStart < 0) return false;
      const role = this.#roleOf(json.keyHash, bytes, at + 1, valueStart - 2);
      const valueEnd = json.endOfValue(bytes, valueStart, 1);
      if (valueEnd < 0 || !this.#add(role, bytes, at, valueStart, valueEnd)) return false;
      at = valueEnd;
      if (bytes[at] !== COMMA) return bytes[at] === CLOSE && at + 1 === end;
    }
  }

  #add(role: number, bytes: Uint8Array, start: number, valueStart: number, end: number): boolean {
    if (role >= 0) {
      this.#values[role * 2] = valueStart;
      this.#values[role * 2 + 1] = end;
      return this.#addRun(role, start, end);
    }
    if (role === FAILS) return false;
    if (role === FAILS_WITH_CONTAINER && (bytes[valueStart] === OPEN || bytes[valueStart] === OPEN_LIST))
      return false;
    const last = (this.runCount - 1) * 3;
    if (last < 0 || this.#runs[last] !== REST) return this.#addRun(REST, start, end);
    this.#runs[last + 2] = end;
    return true;
  }

  #addRun(column: number, start: number, end: number): boolean {
    if (this.runCount === MAX_RUNS) return false;
    const at = this.runCount++ * 3;
    this.#runs[at] = column;
    this.#runs[at + 1] = start;
    this.#runs[at + 2] = end;
    return true;
  }

  #roleOf(hash: number, bytes: Uint8Array, start: number, end: number): number {
    for (let slot = hash & 255; ; slot = (slot + 1) & 255) {
      const place = this.#slots[slot]!;
      if (place === 0) return REST;
      const key = this.#keys[place - 1]!;
      // Another key with this hash is rare enough to be parsed.
      if (key.hash === hash) return isSame(key.bytes, bytes, start, end) ? key.role : FAILS;
    }
  }
}

function rolesOf({ columns, failing, scalars }: LineKeys): Map<string, number> {
  const roles = new Map<string, number>();
  const add = (key: string, role: number): unknown =>
    roles.set(key, (roles.get(key) ?? role) === role ? role : FAILS);
  for (const [column, key] of columns.entries()) if (key !== undefined) add(key, column);
  for (const key of failing) add(key, FAILS);
  for (const key of scalars) add(key, FAILS_WITH_CONTAINER);
  return roles;
}
