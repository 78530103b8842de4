import type { Clock } from '../clock.ts';
import type { ResolvedOptions } from '../options/options.ts';
import { getTraceId } from '../trace.ts';
import { EncodedEntry } from './encoded-entry.ts';
import { EntryHead } from './entry-head.ts';
import type { EntryMint } from './entry-mint.ts';
import { ERROR_KEYS } from './find-error.ts';
import { issueKey } from './issue-key.ts';
import { levelRank } from './level.ts';
import { COLUMN_LIMITS, MAX_PID } from './limits.ts';
import { type LineKeys, LineMembers } from './line-members.ts';
import type { LineLevel, LineProfile } from './line-profile.ts';
import { type Place, column } from './origin.ts';
import { type AdapterProfile, DEFAULT_MODULE_KEYS } from './record.ts';
import { RepeatedValue } from './repeated-value.ts';
import { isStorable, timeToMs } from './timestamp.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const CLOSE = 0x7d;

/** Columns of a line, as {@link LineMembers} counts them; from MODULE on the keys that may name the module. */
const LEVEL = 0;
const TIME = 1;
const MESSAGE = 2;
const HOST = 3;
const PID = 4;
const THREAD = 5;
const TRACE = 6;
const MODULE = 7;

/** Fields with a column that is more than their value, or that change what others mean. */
const PARSED_KEYS = ['error_type', 'error_message', 'stack_trace', 'exc_info', 'extra', 'tracehub_id'];

/** By this key an error can be told in JSON; from WARN on it is looked for at any depth. */
const STACK_KEY = 'stack';
const STACK_MATTERS_FROM = levelRank('WARN');
const MAKES_ISSUE_FROM = levelRank('ERROR');

const TRACE_KEY = Buffer.from(',"trace_id":');
const MODULE_KEY = Buffer.from(',"module":');
const MESSAGE_KEY = Buffer.from(',"message":');
const EXTRA = Buffer.from(',"extra":{');

/** How long a reading of the wall clock is good enough to say whether the server has a partition for a time. */
const WALL_MS = 1_000;

/** Values of the level field whose meaning is kept: no logger has as many. */
const MAX_LEVELS = 64;

/** More than what stands between the parts of an entry. */
const MARGIN = 128;

/**
 * Makes the entry of a line of JSON without parsing it, out of the bytes of the line: the same, byte for byte, as the
 * enricher makes of the parsed line, or none.
 */
export class LineEncoder {
  readonly #mint: EntryMint;
  readonly #profile: AdapterProfile;
  readonly #options: ResolvedOptions;
  readonly #clock: Clock;
  readonly #moduleCount: number;
  readonly #head: EntryHead;
  /** The values of each column. */
  readonly #values: readonly RepeatedValue[];
  readonly #levels = new Map<unknown, LineLevel | undefined>();
  #line: LineProfile | undefined;
  #members!: LineMembers;

  // What the line read last says.
  #bytes: Buffer = EXTRA;
  #length = 0;
  #level: LineLevel | undefined;
  #time = 0;
  /** Monotonic ms of the call. */
  #now = 0;
  /** The column that names the module; below 0: none does. */
  #module = -1;
  readonly #place: Place = { host: undefined, pid: undefined, threadId: undefined };

  #wall = 0;
  /** Monotonic ms up to which that holds. */
  #wallUntil = 0;

  constructor(mint: EntryMint, options: ResolvedOptions, profile: AdapterProfile, clock: Clock) {
    this.#mint = mint;
    this.#options = options;
    this.#profile = profile;
    this.#clock = clock;
    this.#head = new EntryHead(mint);
    this.#moduleCount = (profile.moduleKeys ?? DEFAULT_MODULE_KEYS).length;
    this.#values = Array.from({ length: MODULE + this.#moduleCount }, () => new RepeatedValue());
  }

  /**
   * Looks through the line in `bytes` from `start` to `end`, behind which there is its line end; undefined if it is to
   * be parsed. An entry can be made of it until the next one is read.
   */
  read(bytes: Buffer, start: number, end: number): LineLevel | undefined {
    if (!this.#isReady() || !this.#members.read(bytes, start, end)) return undefined;
    this.#bytes = bytes;
    this.#length = end - start;
    const level = this.#readLevel();
    this.#level = level;
    if (level === undefined) return undefined;
    if (this.#members.isWatchedKeyMet && levelRank(level.level) >= STACK_MATTERS_FROM) return undefined;
    return this.#readTime() && this.#areColumnsPlain() ? level : undefined;
  }

  /** The entry of the line read last, at `seq` of the sequence. */
  encode(seq: number): EncodedEntry {
    const { level } = this.#level!;
    const { chunks, stamps } = this.#mint;
    stamps.advance(this.#time);
    const head = this.#head.next(level, seq, this.#place);
    const trace = this.#traceOfContext();
    // A UTF-16 unit is at most three bytes of UTF-8.
    const start = chunks.reserve(head.length + trace.length * 3 + this.#length + MARGIN);
    const { chunk } = chunks;
    chunk.set(head, start);
    let at = start + head.length;
    if (trace !== '') at += chunk.write(trace, at);
    if (this.#members.has(TRACE)) at = this.#writeMember(chunk, at, TRACE_KEY, TRACE);
    if (this.#module >= 0) at = this.#writeMember(chunk, at, MODULE_KEY, this.#module);
    if (this.#members.has(MESSAGE)) at = this.#writeMember(chunk, at, MESSAGE_KEY, MESSAGE);
    else at += chunk.write(',"message":""', at);
    at = this.#writeExtra(chunk, at, seq);
    chunk[at++] = CLOSE;
    const key = levelRank(level) < MAKES_ISSUE_FROM ? undefined : this.#issueKey();
    return new EncodedEntry(seq, chunks.commit(at - start), key, stamps.year, this.#now);
  }

  /** Whether there is a profile; it can be another one than for the line before. */
  #isReady(): boolean {
    const { line } = this.#profile;
    if (line !== this.#line) {
      this.#line = line;
      this.#levels.clear();
      if (line) this.#members = new LineMembers(keysOf(line, this.#profile));
    }
    return line !== undefined;
  }

  #readLevel(): LineLevel | undefined {
    const value = this.#valueOf(LEVEL);
    if (value === undefined) return undefined;
    let level = this.#levels.get(value);
    if (level === undefined && !this.#levels.has(value)) {
      level = this.#line!.level(value);
      if (this.#levels.size < MAX_LEVELS) this.#levels.set(value, level);
    }
    return level;
  }

  #readTime(): boolean {
    this.#now = this.#clock.now();
    if (this.#now >= this.#wallUntil || !this.#members.has(TIME)) {
      // A replaced Date.now can give fractions.
      this.#wall = Math.floor(this.#clock.wall());
      this.#wallUntil = this.#now + WALL_MS;
    }
    if (!this.#members.has(TIME)) {
      this.#time = this.#wall;
      return true;
    }
    const number = this.#digitsOf(TIME);
    const time = timeToMs(number < 0 ? this.#valueOf(TIME) : number);
    if (time === undefined || !isStorable(time, this.#wall)) return false;
    this.#time = time;
    return true;
  }

  /** Whether each column of the entry that the line fills can have what stands there. */
  #areColumnsPlain(): boolean {
    const place = this.#place;
    place.host = place.pid = place.threadId = undefined;
    if (this.#members.has(PID)) {
      place.pid = this.#digitsOf(PID);
      if (place.pid < 0 || place.pid > MAX_PID) return false;
    }
    if (!this.#isText(MESSAGE, Number.POSITIVE_INFINITY)) return false;
    if (!this.#isText(HOST, COLUMN_LIMITS.host) || !this.#isText(THREAD, COLUMN_LIMITS.thread_id))
      return false;
    place.host = this.#valueOf(HOST) as string | undefined;
    place.threadId = this.#valueOf(THREAD) as string | undefined;
    this.#module = this.#findModule();
    return (
      this.#isText(TRACE, COLUMN_LIMITS.trace_id) &&
      (this.#module < 0 || this.#isText(this.#module, COLUMN_LIMITS.module))
    );
  }

  /** Whether a column is not there, or is text that goes into it as it is. */
  #isText(column: number, limit: number): boolean {
    const members = this.#members;
    if (!members.has(column)) return true;
    const start = members.startOf(column);
    // No text has more UTF-16 units than its JSON has bytes.
    const length = members.endOf(column) - start - 2;
    return this.#bytes[start] === QUOTE && length <= limit && (length > 0 || column === MESSAGE);
  }

  /** The number that a column holds, if it is made of digits only; else below 0. */
  #digitsOf(column: number): number {
    const end = this.#members.endOf(column);
    let number = 0;
    for (let at = this.#members.startOf(column); at < end; at++) {
      const digit = this.#bytes[at]! - 0x30;
      if (digit < 0 || digit > 9) return -1;
      number = number * 10 + digit;
    }
    return number;
  }

  #findModule(): number {
    for (let column = MODULE; column < MODULE + this.#moduleCount; column++) {
      if (this.#members.has(column)) return column;
    }
    return -1;
  }

  #valueOf(column: number): unknown {
    const members = this.#members;
    if (!members.has(column)) return undefined;
    return this.#values[column]!.of(this.#bytes, members.startOf(column), members.endOf(column));
  }

  #traceOfContext(): string {
    const id = this.#members.has(TRACE) ? undefined : getTraceId();
    return id === undefined ? '' : `,"trace_id":${column('trace_id', id)}`;
  }

  /** A member of the line as it stands there, by another key. */
  #writeMember(chunk: Buffer, at: number, key: Buffer, member: number): number {
    chunk.set(key, at);
    return this.#copy(chunk, at + key.length, this.#members.startOf(member), this.#members.endOf(member));
  }

  /** `extra`, of all members that no column has taken; gives where it ends. */
  #writeExtra(chunk: Buffer, start: number, seq: number): number {
    const members = this.#members;
    let at = start;
    for (let run = 0; run < members.runCount; run++) {
      if (this.#isTaken(members.runColumn(run))) continue;
      if (at > start) chunk[at++] = COMMA;
      else {
        chunk.set(EXTRA, at);
        at += EXTRA.length;
      }
      at = this.#copy(chunk, at, members.runStart(run), members.runEnd(run));
    }
    if (this.#options.idInExtra) {
      const id = this.#mint.id(seq);
      at += chunk.write(`${at === start ? ',"extra":{' : ','}"tracehub_id":"${id}"`, at);
    }
    if (at > start) chunk[at++] = CLOSE;
    return at;
  }

  #isTaken(column: number): boolean {
    if (column === LEVEL) return this.#level!.isUsed;
    return column >= MODULE ? column === this.#module : column >= 0;
  }

  #copy(chunk: Buffer, at: number, start: number, end: number): number {
    return at + this.#bytes.copy(chunk, at, start, end);
  }

  #issueKey(): string {
    const members = this.#members;
    if (!members.has(MESSAGE)) return issueKey('', undefined, undefined);
    const json = this.#bytes.toString('utf8', members.startOf(MESSAGE), members.endOf(MESSAGE));
    return issueKey(JSON.parse(json) as string, undefined, undefined);
  }
}

function keysOf(line: LineProfile, profile: AdapterProfile): LineKeys {
  const { hostKey, pidKey, moduleKeys = DEFAULT_MODULE_KEYS, errorKeys = ERROR_KEYS } = profile;
  const { levelKey, timeKey, messageKey } = line;
  return {
    columns: [levelKey, timeKey, messageKey, hostKey, pidKey, 'thread_id', 'trace_id', ...moduleKeys],
    failing: PARSED_KEYS,
    scalars: errorKeys,
    watched: STACK_KEY,
  };
}
