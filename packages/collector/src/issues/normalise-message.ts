/** Of a longer message only the beginning counts, which bounds the work per entry. */
const maxLength = 4096;

const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
const timestamp = /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?/g;
const prefixedHex = /\b0x[0-9a-f]+/gi;
// A hash without prefix: eight or more hex digits, at least one of them a digit so that words stay words.
const bareHex = /\b(?=[a-f]*\d)[0-9a-f]{8,}\b/gi;
// With sign and fraction, so that -1 and 1, 1.5 and 22 are of one kind. A minus inside a word is a hyphen.
const number = /(?<![\w-])-?\d+(?:\.\d+)*|\d+(?:\.\d+)*/g;

/** The message with everything that varies between two occurrences of one problem replaced by `?`. */
export function normaliseMessage(message: string): string {
  return message
    .slice(0, maxLength)
    .replace(uuid, '?')
    .replace(timestamp, '?')
    .replace(prefixedHex, '?')
    .replace(bareHex, '?')
    .replace(number, '?')
    .trim();
}
