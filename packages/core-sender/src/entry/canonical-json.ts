import { MAX_EXTRA_DEPTH } from './limits.ts';

/*
 * Recognises JSON that stands in bytes exactly as this package would write the value itself (`value-to-json.ts`,
 * `JSON.stringify`): no white space, no escape but the ones that have to be, numbers as JavaScript prints them, no key
 * twice or one that an object would move to its front, no U+0000, no surrogate as an escape, nesting in bounds. Such
 * bytes need no parsing: they can be sent as they are. Whatever is not recognised is not wrong, only to be parsed.
 *
 * Positions count bytes; a result below 0 means "not recognised". Behind the text there has to be a byte below 0x20,
 * such as the line's end: it stops every loop.
 */

/** Bytes that stand for themselves in a string: all but controls, `"` and `\`. Of UTF-8, all of a character's. */
const PLAIN = new Uint8Array(256).fill(1, 0x20);
PLAIN[0x22] = PLAIN[0x5c] = 0;

/** What may follow a backslash, but for `u`. */
const SHORT_ESCAPE = new Uint8Array(256);
for (const letter of '"\\bfnrt') SHORT_ESCAPE[letter.charCodeAt(0)] = 1;

/** `\b \t \n \f \r`: never written as `\u00..`. */
const HAS_SHORT_ESCAPE: ReadonlySet<number> = new Set([8, 9, 10, 12, 13]);

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

/** More keys in one object, or in all that are open at once, are not looked through for one that is there twice. */
const MAX_KEYS = 64;
const MAX_OPEN_KEYS = 256;

/** So many digits JavaScript prints as they are: none is lost, no exponent is due. */
const MAX_PLAIN_DIGITS = 15;

/** Index of the closing quote of the string that begins at `at`, behind its opening quote. */
function endOfString(bytes: Uint8Array, at: number): number {
  for (let index = at; ;) {
    while (PLAIN[bytes[index]!] === 1) index++;
    if (bytes[index] === QUOTE) return index;
    if (bytes[index] !== BACKSLASH) return -1;
    const length = escapeLength(bytes, index + 1);
    if (length === 0) return -1;
    index += 1 + length;
  }
}

/** Length behind the backslash; 0 for an escape that `JSON.stringify` would write in another way. */
function escapeLength(bytes: Uint8Array, at: number): number {
  if (SHORT_ESCAPE[bytes[at]!] === 1) return 1;
  if (bytes[at] !== 0x75 || bytes[at + 1] !== 0x30 || bytes[at + 2] !== 0x30) return 0;
  const [high, low] = [bytes[at + 3]! - 0x30, hexDigit(bytes[at + 4]!)];
  if ((high !== 0 && high !== 1) || low === -1) return 0;
  const code = high * 16 + low;
  return code === 0 || HAS_SHORT_ESCAPE.has(code) ? 0 : 5;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1;
}

/** Index behind the number that begins at `at`. */
function endOfNumber(bytes: Uint8Array, at: number): number {
  let index = bytes[at] === 0x2d ? at + 1 : at;
  const first = index;
  if (bytes[index] === 0x30) index++;
  else index = endOfDigits(bytes, index);
  if (index === first) return -1;
  const whole = index;
  if (bytes[index] === 0x2e) index = endOfDigits(bytes, index + 1);
  if (index - first <= MAX_PLAIN_DIGITS && isPlainNumber(bytes, at, first, whole, index)) return index;
  return endOfPrintedNumber(bytes, at, index);
}

function endOfDigits(bytes: Uint8Array, at: number): number {
  let index = at;
  while (bytes[index]! >= 0x30 && bytes[index]! <= 0x39) index++;
  return index;
}

/** Of few digits: whether they are the shortest form, `7` `-7` `0.07`, not `-0` `7.0` `7e1` `0.0000007`. */
function isPlainNumber(bytes: Uint8Array, at: number, first: number, whole: number, end: number): boolean {
  if (bytes[end] === 0x65 || bytes[end] === 0x45) return false;
  if (end === whole) return bytes[first] !== 0x30 || first === at;
  if (bytes[end - 1] === 0x30 || end === whole + 1) return false;
  return bytes[first] !== 0x30 || bytes[whole + 1] !== 0x30 || bytes[whole + 2] !== 0x30;
}

/** Long or unusual: printed and compared. An integer beyond 2^53 becomes text (`exact-json.ts`). */
function endOfPrintedNumber(bytes: Uint8Array, at: number, mantissaEnd: number): number {
  let end = mantissaEnd;
  while (bytes[end]! > 0x20 && bytes[end] !== COMMA && bytes[end] !== CLOSE && bytes[end] !== CLOSE_LIST)
    end++;
  if (end - at > MAX_PRINTED_LENGTH) return -1;
  const text = String.fromCharCode(...bytes.subarray(at, end));
  const number = Number(text);
  if (String(number) !== text || !Number.isFinite(number)) return -1;
  return Number.isSafeInteger(number) || /[.e]/.test(text) ? end : -1;
}

/** `-1.2345678901234567e-100` */
const MAX_PRINTED_LENGTH = 25;

/** Reads values and keeps account of the keys of the objects that are open. */
export class CanonicalJson {
  /** Of the key read last. Equal keys have equal hashes. */
  keyHash = 0;
  /** Whether a key {@link watchedHash} was met since {@link reset}. */
  isWatchedKeyMet = false;
  readonly #watchedHash: number;
  readonly #openKeys = new Int32Array(MAX_OPEN_KEYS);
  #openCount = 0;

  /** @param watchedKey is looked out for at every depth. */
  constructor(watchedKey: string) {
    this.#watchedHash = keyHash(watchedKey);
  }

  reset(): void {
    this.#openCount = 0;
    this.isWatchedKeyMet = false;
  }

  /** Index behind the value at `at`, which stands in containers nested `depth` deep. */
  endOfValue(bytes: Uint8Array, at: number, depth: number): number {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      const close = endOfString(bytes, at + 1);
      return close < 0 ? -1 : close + 1;
    }
    if (byte === OPEN) return depth < MAX_EXTRA_DEPTH ? this.#endOfObject(bytes, at + 1, depth + 1) : -1;
    if (byte === OPEN_LIST) return depth < MAX_EXTRA_DEPTH ? this.#endOfList(bytes, at + 1, depth + 1) : -1;
    if (byte === 0x74) return endOfWord(bytes, at, 0x72, 0x75, 0x65);
    if (byte === 0x6e) return endOfWord(bytes, at, 0x75, 0x6c, 0x6c);
    if (byte === 0x66) return bytes[at + 1] === 0x61 ? endOfWord(bytes, at + 1, 0x6c, 0x73, 0x65) : -1;
    return endOfNumber(bytes, at);
  }

  /**
   * Index of the value behind the key whose quote is at `at`; `from` is what {@link openObject} gave. A key with an
   * escape, or that begins with a digit, is not recognised.
   */
  endOfKey(bytes: Uint8Array, at: number, from: number): number {
    if (bytes[at] !== QUOTE) return -1;
    let index = at + 1;
    if (bytes[index]! >= 0x30 && bytes[index]! <= 0x39) return -1;
    let hash = 0;
    for (let byte = bytes[index]!; PLAIN[byte] === 1; byte = bytes[++index]!) hash = nextHash(hash, byte);
    if (bytes[index] !== QUOTE || bytes[index + 1] !== COLON || !this.#isNew(hash, from)) return -1;
    this.keyHash = hash;
    if (hash === this.#watchedHash) this.isWatchedKeyMet = true;
    return index + 2;
  }

  /** To be called before the first key of an object, and its result handed to {@link closeObject} after the last. */
  openObject(): number {
    return this.#openCount;
  }

  closeObject(from: number): void {
    this.#openCount = from;
  }

  #endOfObject(bytes: Uint8Array, at: number, depth: number): number {
    if (bytes[at] === CLOSE) return at + 1;
    const from = this.openObject();
    for (let index = at; ; index++) {
      index = this.endOfKey(bytes, index, from);
      if (index >= 0) index = this.endOfValue(bytes, index, depth);
      if (index < 0) return -1;
      if (bytes[index] === COMMA) continue;
      this.closeObject(from);
      return bytes[index] === CLOSE ? index + 1 : -1;
    }
  }

  #endOfList(bytes: Uint8Array, at: number, depth: number): number {
    if (bytes[at] === CLOSE_LIST) return at + 1;
    for (let index = at; ; index++) {
      index = this.endOfValue(bytes, index, depth);
      if (index < 0) return -1;
      if (bytes[index] === COMMA) continue;
      return bytes[index] === CLOSE_LIST ? index + 1 : -1;
    }
  }

  #isNew(hash: number, from: number): boolean {
    const count = this.#openCount;
    if (count - from === MAX_KEYS || count === MAX_OPEN_KEYS) return false;
    const keys = this.#openKeys;
    for (let index = from; index < count; index++) if (keys[index] === hash) return false;
    keys[count] = hash;
    this.#openCount = count + 1;
    return true;
  }
}

function endOfWord(bytes: Uint8Array, at: number, second: number, third: number, fourth: number): number {
  return bytes[at + 1] === second && bytes[at + 2] === third && bytes[at + 3] === fourth ? at + 4 : -1;
}

/** What {@link CanonicalJson.keyHash} is for a key. */
export function keyHash(key: string): number {
  return Buffer.from(key).reduce(nextHash, 0);
}

function nextHash(hash: number, byte: number): number {
  return (Math.imul(hash, 31) + byte) | 0;
}
