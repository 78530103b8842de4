import { quote } from './text.ts';

/** A key as it stands before its value, as the first of an object and as any other. */
export interface KeyJson {
  first: string;
  next: string;
}

/** Apps use the same few keys over and over; those that make up keys must not make this grow. */
const MAX_KEYS = 1_000;

/** Longer ones are rare, and may be cut. */
const MAX_LENGTH = 64;

const known = new Map<string, KeyJson>();

/** The key as JSON. */
export function keyToJson(key: string): KeyJson {
  return known.get(key) ?? remember(key);
}

function remember(key: string): KeyJson {
  const quoted = quote(key);
  const json = { first: `{${quoted}:`, next: `,${quoted}:` };
  if (key.length > MAX_LENGTH) return json;
  if (known.size === MAX_KEYS) known.clear();
  known.set(key, json);
  return json;
}
