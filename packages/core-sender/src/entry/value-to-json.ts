import { errorToPlain } from './error-parts.ts';
import { MAX_EXTRA_DEPTH } from './limits.ts';
import { cutText, quote } from './text.ts';

/** How much of a value is written before marks take its place. */
export interface JsonLimits {
  /** UTF-16 units of one string. */
  string: number;
  /** Items of one array, keys of one object. */
  items: number;
  /** Values in all. */
  values: number;
  /** UTF-16 units of text in all; past it only short strings are written. */
  text: number;
}

/** A string this short is written even when the text budget is spent, so that one giant hides no neighbours. */
const SHORT = 64;

/**
 * Writes any JavaScript value as JSON that the server can store: an object of bounded depth and size, no NaN, no
 * cycle, no U+0000, no lone surrogate, BigInt as string. Each property is read once. Never throws: what throws
 * while being read is replaced by a mark.
 */
export function objectToJson(value: object, limits: JsonLimits, skip?: (key: string) => boolean): string {
  return new JsonWriter(limits).object(value, 1, skip);
}

class JsonWriter {
  #values: number;
  #text: number;
  readonly #limits: JsonLimits;
  readonly #ancestors: object[] = [];

  constructor(limits: JsonLimits) {
    this.#limits = limits;
    this.#values = limits.values;
    this.#text = limits.text;
  }

  value(value: unknown, depth: number): string {
    switch (typeof value) {
      case 'string':
        return this.#string(value);
      case 'number':
        return Number.isFinite(value) ? String(value) : `"${value}"`;
      case 'boolean':
        return value ? 'true' : 'false';
      case 'bigint':
        return this.#string(String(value));
      case 'symbol':
        return this.#string(String(value));
      case 'function':
        return this.#string(`[Function: ${functionName(value)}]`);
      case 'undefined':
        return 'null';
      case 'object':
        return value === null ? 'null' : this.#reference(value, depth);
    }
  }

  #string(text: string): string {
    const room = this.#text > SHORT ? Math.min(this.#limits.string, this.#text) : SHORT;
    this.#text -= Math.min(text.length, room);
    return quote(cutText(text, room));
  }

  /** An object that is no plain container first gets the chance to say what it is. */
  #reference(value: object, depth: number): string {
    try {
      const plain = toPlain(value);
      if (typeof plain !== 'object' || plain === null) return this.value(plain, depth);
      if (Array.isArray(plain)) return this.#array(plain, depth);
      return this.object(plain, depth);
    } catch (error) {
      return this.#string(`[Unreadable: ${message(error)}]`);
    }
  }

  object(value: object, depth: number, skip?: (key: string) => boolean): string {
    const barred = this.#barred(value, depth, 'Object');
    if (barred) return barred;
    this.#ancestors.push(value);
    const parts = [];
    try {
      let items = 0;
      for (const key of Object.keys(value)) {
        if (skip?.(key)) continue;
        if (++items > this.#limits.items || this.#values <= 0) {
          parts.push('"…":"[more keys cut]"');
          break;
        }
        const item = read(value, key);
        if (item === undefined) continue;
        this.#values--;
        parts.push(`${quote(cutText(key, this.#limits.string))}:${this.value(item, depth + 1)}`);
      }
    } finally {
      this.#ancestors.pop();
    }
    return `{${parts.join(',')}}`;
  }

  #array(value: readonly unknown[], depth: number): string {
    const barred = this.#barred(value, depth, `Array(${value.length})`);
    if (barred) return barred;
    this.#ancestors.push(value);
    const parts: string[] = [];
    try {
      const length = value.length;
      for (let index = 0; index < length; index++) {
        if (index >= this.#limits.items || this.#values <= 0) {
          parts.push(`"[${length - index} more items cut]"`);
          break;
        }
        this.#values--;
        parts.push(this.value(read(value, index), depth + 1));
      }
    } finally {
      this.#ancestors.pop();
    }
    return `[${parts.join(',')}]`;
  }

  /** The mark to write in place of a container that would close a cycle or lies too deep. */
  #barred(value: object, depth: number, kind: string): string | undefined {
    if (this.#ancestors.includes(value)) return '"[Circular]"';
    return depth > MAX_EXTRA_DEPTH ? `"[${kind}: deeper than ${MAX_EXTRA_DEPTH} levels]"` : undefined;
  }
}

/** One property, read once; a getter that throws leaves a mark. */
function read(container: object, key: string | number): unknown {
  try {
    return (container as Record<string | number, unknown>)[key];
  } catch (error) {
    return `[Getter threw: ${message(error)}]`;
  }
}

/** What JSON has no form for, as something it has; containers and plain objects as they are. */
function toPlain(value: object): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (Buffer.isBuffer(value)) return bytesText('Buffer', value);
  const toJson: unknown = (value as { toJSON?: unknown }).toJSON;
  if (typeof toJson === 'function') return jsonForm(value, toJson as (key: string) => unknown);
  if (Array.isArray(value)) return value;
  if (Object.prototype.toString.call(value) === '[object Error]' || value instanceof Error)
    return errorToPlain(value);
  if (value instanceof Map) return mapForm(value);
  if (value instanceof Set) return firstOf(Set.prototype.values.call(value));
  if (value instanceof ArrayBuffer) return bytesText('ArrayBuffer', new Uint8Array(value));
  if (value instanceof DataView)
    return bytesText('DataView', new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  if (ArrayBuffer.isView(value)) return Array.from((value as Uint8Array).subarray(0, MOST_ELEMENTS));
  if (value instanceof RegExp) return String(value);
  if (value instanceof Number || value instanceof String || value instanceof Boolean) return value.valueOf();
  if (
    value instanceof Promise ||
    value instanceof WeakMap ||
    value instanceof WeakSet ||
    value instanceof WeakRef
  ) {
    return `[${value.constructor.name}]`;
  }
  return value;
}

/** Elements taken from what is not an array; the limits cut further. */
const MOST_ELEMENTS = 10_000;
const MOST_BYTES_SHOWN = 64;

/** What `toJSON` gave. An object that returns itself, or yet another `toJSON`, is taken by its own keys. */
function jsonForm(value: object, toJson: (key: string) => unknown): unknown {
  const form = Reflect.apply(toJson, value, ['']);
  if (form === value || typeof form !== 'object' || form === null)
    return form === value ? { ...value } : form;
  return form instanceof Date || form instanceof Map || form instanceof Set ? toPlain(form) : form;
}

function mapForm(map: Map<unknown, unknown>): object {
  const entries = firstOf(Map.prototype.entries.call(map)) as [unknown, unknown][];
  const named = entries.every(([key]) => typeof key === 'string');
  return named ? Object.fromEntries(entries) : entries;
}

/** The first elements of a built-in iterator, which, unlike a user's own, comes to an end. */
function firstOf(iterator: Iterator<unknown>): unknown[] {
  const items: unknown[] = [];
  for (let step = iterator.next(); !step.done && items.length < MOST_ELEMENTS; step = iterator.next()) {
    items.push(step.value);
  }
  return items;
}

function bytesText(kind: string, bytes: Uint8Array): string {
  const shown = Buffer.from(
    bytes.buffer,
    bytes.byteOffset,
    Math.min(bytes.byteLength, MOST_BYTES_SHOWN),
  ).toString('hex');
  return `<${kind} ${shown}${bytes.byteLength > MOST_BYTES_SHOWN ? '…' : ''} (${bytes.byteLength} bytes)>`;
}

function functionName(value: object): string {
  const name = read(value, 'name');
  return typeof name === 'string' && name !== '' ? name : 'anonymous';
}

function message(error: unknown): string {
  try {
    return cutText(error instanceof Error ? String(error.message) : String(error), 200);
  } catch {
    return 'no message';
  }
}
