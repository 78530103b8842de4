import { keyToJson } from './key-json.ts';
import { MAX_EXTRA_DEPTH } from './limits.ts';
import { cutText, quote } from './text.ts';
import { toPlain } from './to-plain.ts';

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

/** What stands for a property that could not be read. */
export function getterMark(error: unknown): string {
  return `[Getter threw: ${message(error)}]`;
}

/** {@link objectToJson}, and its parts for an object that was read already. */
export class JsonWriter {
  #values: number;
  #text: number;
  readonly #limits: JsonLimits;
  readonly #ancestors: object[] = [];

  constructor(limits: JsonLimits) {
    this.#limits = limits;
    this.#values = limits.values;
    this.#text = limits.text;
  }

  /** Starts anew, with all that the limits allow, inside an object whose members {@link member} will be given. */
  begin(owner: object): void {
    this.#values = this.#limits.values;
    this.#text = this.#limits.text;
    this.#ancestors.length = 0;
    this.#ancestors.push(owner);
  }

  /** Whether a member may follow that many; {@link cutMark} stands for those that may not. */
  hasRoom(members: number): boolean {
    return members < this.#limits.items && this.#values > 0;
  }

  /** Appends a member of an object that has none or some: `json` is that object without its closing brace, or ''. */
  member(json: string, key: string, value: unknown, depth: number): string {
    this.#values--;
    const { first, next } = keyToJson(
      key.length <= this.#limits.string ? key : cutText(key, this.#limits.string),
    );
    return json + (json === '' ? first : next) + this.value(value, depth);
  }

  /** What stands at the end of an object of which not all was written. */
  cutMark(json: string): string {
    return `${json === '' ? '{' : `${json},`}"…":"[more keys cut]"`;
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
    if (text.length <= SHORT) {
      this.#text -= text.length;
      return quote(text);
    }
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
    let json = '';
    try {
      let items = 0;
      for (const key of Object.keys(value)) {
        if (skip?.(key)) continue;
        if (!this.hasRoom(items++)) {
          json = this.cutMark(json);
          break;
        }
        const item = read(value, key);
        if (item !== undefined) json = this.member(json, key, item, depth + 1);
      }
    } finally {
      this.#ancestors.pop();
    }
    return json === '' ? '{}' : `${json}}`;
  }

  #array(value: readonly unknown[], depth: number): string {
    const barred = this.#barred(value, depth, `Array(${value.length})`);
    if (barred) return barred;
    this.#ancestors.push(value);
    let json = '[';
    try {
      const length = value.length;
      for (let index = 0; index < length; index++) {
        if (index > 0) json += ',';
        if (!this.hasRoom(index)) {
          json += `"${itemsCut(value, index)}"`;
          break;
        }
        this.#values--;
        json += this.value(read(value, index), depth + 1);
      }
    } finally {
      this.#ancestors.pop();
    }
    return `${json}]`;
  }

  /** The mark to write in place of a container that would close a cycle or lies too deep. */
  #barred(value: object, depth: number, kind: string): string | undefined {
    if (this.#ancestors.includes(value)) return '"[Circular]"';
    return depth > MAX_EXTRA_DEPTH ? `"[${kind}: deeper than ${MAX_EXTRA_DEPTH} levels]"` : undefined;
  }
}

/** How many items are missing from `index` on; what has been cut before says so itself, in its last item. */
function itemsCut(items: readonly unknown[], index: number): string {
  const last = index === items.length - 1 ? read(items, index) : undefined;
  const isMark = typeof last === 'string' && /^\[\d+ more items cut\]$/.test(last);
  return isMark ? last : `[${items.length - index} more items cut]`;
}

/** One property, read once; a getter that throws leaves a mark. */
function read(container: object, key: string | number): unknown {
  try {
    return (container as Record<string | number, unknown>)[key];
  } catch (error) {
    return getterMark(error);
  }
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
