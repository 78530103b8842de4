/** Sixteen digits in a row: no integer of fewer digits is beyond 2^53. */
const MAY_HOLD_BIG_INTEGER = /\d{16}/;

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const INTEGER = /^-?[1-9]\d+$/;

/**
 * `JSON.parse`, but an integer that a JavaScript number cannot hold comes out as a string of all its digits: pino
 * writes a BigInt as bare digits, and `JSON.parse` would round it.
 *
 * @throws SyntaxError if `text` is not JSON.
 */
export function parseExactJson(text: string): unknown {
  return JSON.parse(MAY_HOLD_BIG_INTEGER.test(text) ? quoteBigIntegers(text) : text);
}

function quoteBigIntegers(text: string): string {
  let out = '';
  let at = 0;
  while (at < text.length) {
    const quote = text.indexOf('"', at);
    const outside = quote === -1 ? text.length : quote;
    out += text.slice(at, outside).replace(NUMBER, quoteIfBig);
    at = quote === -1 ? text.length : endOfString(text, quote);
    out += text.slice(outside, at);
  }
  return out;
}

function quoteIfBig(literal: string): string {
  return INTEGER.test(literal) && !Number.isSafeInteger(Number(literal)) ? `"${literal}"` : literal;
}

/** Index after the string that starts at `start`. No regular expression: one over a long string exhausts the stack. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ;) {
    const end = text.indexOf('"', at);
    if (end === -1) return text.length;
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return end + 1;
    at = end + 1;
  }
}
