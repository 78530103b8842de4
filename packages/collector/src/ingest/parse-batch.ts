import { isUtf8 } from 'node:buffer';
import { HttpProblem } from '../http-problem.ts';

/** Most entries of one batch, far above what any sender posts. Each takes its time, even one with nothing in it. */
export const maxEntries = 50_000;

/**
 * Most values of one body. Three bytes of text (`{},`) become an object of twenty times that, so a body within its
 * limit of bytes could still take all memory there is.
 */
const maxValues = 4_000_000;

/** The array in a body; anything else is refused as a whole. */
export function parseBatch(body: Buffer): unknown[] {
  if (!isUtf8(body)) throw new HttpProblem(400, 'the body is not valid UTF-8');
  if (hasTooManyValues(body)) throw new HttpProblem(413, `the body holds more than ${maxValues} values`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new HttpProblem(400, `the body is not valid JSON: ${(error as Error).message.slice(0, 200)}`);
  }
  if (!Array.isArray(parsed)) throw new HttpProblem(400, 'the body must be a JSON array of entries');
  if (parsed.length > maxEntries) {
    throw new HttpProblem(413, `the batch has ${parsed.length} entries, more than ${maxEntries}`);
  }
  return parsed;
}

const comma = 0x2c;
const colon = 0x3a;
const bracket = 0x5b;
const brace = 0x7b;

/** Whether there may be too many: counts what begins a value, inside of strings too. Each is a byte, so a short body has few. */
function hasTooManyValues(body: Buffer): boolean {
  if (body.length <= maxValues) return false;
  let count = 0;
  for (let index = 0; index < body.length; index += 1) {
    const byte = body[index];
    if (byte === comma || byte === colon || byte === bracket || byte === brace) count += 1;
  }
  return count > maxValues;
}
