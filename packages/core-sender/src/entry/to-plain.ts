import { errorToPlain } from './error-parts.ts';

/** What JSON has no form for, as something it has; containers and plain objects as they are. */
export function toPlain(value: object): unknown {
  if (isPlainContainer(value)) return value;
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

/** What most values are, told by little: the built-ins below have other prototypes and tags. */
function isPlainContainer(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Array.prototype) return false;
  if ((value as { toJSON?: unknown }).toJSON !== undefined) return false;
  // An error that was given another prototype is told by its tag alone.
  return Array.isArray(value) || Object.prototype.toString.call(value) === '[object Object]';
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
