/** Strings the server can store: no U+0000, no lone surrogate (contract.md 3: either loses the whole batch). */

/** Stands for what cannot be sent. */
const REPLACEMENT = '\ufffd';

/** The text with U+0000 and lone surrogates replaced by U+FFFD. */
export function cleanText(text: string): string {
  const formed = text.isWellFormed() ? text : text.toWellFormed();
  return formed.includes('\0') ? formed.replaceAll('\0', REPLACEMENT) : formed;
}

/** The first `length` UTF-16 units, one fewer where that would split a surrogate pair. */
export function sliceText(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

/** Characters that stand for themselves in JSON and in the server's columns. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** The text as a JSON string, cleaned. */
export function quote(text: string): string {
  // Most keys and values are short and plain; looking is cheaper than a call into JSON (a third of an entry's cost).
  return text.length < 128 && PLAIN.test(text) ? `"${text}"` : JSON.stringify(cleanText(text));
}

/** At most `length` UTF-16 units, with a mark that says how many were cut. */
export function cutText(text: string, length: number): string {
  if (text.length <= length || isCutTo(text, length)) return text;
  const kept = sliceText(text, length);
  return `${kept}… [${text.length - kept.length} characters cut]`;
}

/** A text that another thread, or the redaction, has cut already: a second mark would tell another number. */
function isCutTo(text: string, length: number): boolean {
  return (
    text.length <= length + CUT_MARK_BYTES && /… \[\d+ characters cut\]$/.test(text.slice(-CUT_MARK_BYTES))
  );
}

/** At most `bytes` of UTF-8, with a mark when something was cut. */
export function cutToBytes(text: string, bytes: number): string {
  // A UTF-16 unit is at most three bytes of UTF-8: short texts need no counting.
  if (text.length * 3 <= bytes) return text;
  const size = Buffer.byteLength(text);
  if (size <= bytes) return text;
  const room = Math.max(bytes - CUT_MARK_BYTES, 0);
  const head = Buffer.from(sliceText(text, room));
  let end = Math.min(room, head.length);
  // Bytes 10xxxxxx continue a character: step back to its start.
  while (end > 0 && end < head.length && (head[end]! & 0xc0) === 0x80) end--;
  const kept = head.toString('utf8', 0, end);
  return `${kept}… [${text.length - kept.length} characters cut]`;
}

/** Room for the mark with the largest possible count in it. */
const CUT_MARK_BYTES = 40;
