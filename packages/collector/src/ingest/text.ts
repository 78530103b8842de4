/** Almost no text has any of these, and looking for both at once costs half. */
const suspicious = /[\0\ud800-\udfff]/;
const loneSurrogate = /\p{Surrogate}/u;

/** Why PostgreSQL cannot store a text, or `undefined` when it can. */
export function findTextFault(text: string): string | undefined {
  if (!suspicious.test(text)) return undefined;
  if (text.includes('\0')) return 'holds U+0000';
  if (loneSurrogate.test(text)) return 'holds a lone surrogate';
  return undefined;
}

/** Whether a text fits a column of `limit` characters, counted as the database counts: code points, without the spaces it cuts. */
export function fitsColumn(text: string, limit: number): boolean {
  if (text.length <= limit) return true;
  if (text.length > 2 * limit && !text.endsWith(' ')) return false;
  let count = 0;
  let index = 0;
  for (const character of text) {
    if (count === limit) return /^ +$/.test(text.slice(index));
    count += 1;
    index += character.length;
  }
  return true;
}
