const form =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/;

/** The years an entry may be from. A year may become a partition, so a wild clock is kept from making thousands. */
export const timestampYears: { first: number; last: number } = { first: 1970, last: 2100 };

/**
 * An ISO 8601 date or date-time as UTC with six digits (`2026-11-22T10:00:00.123456Z`), or `undefined` when it
 * is not one or no such day exists. Without a zone it is UTC; digits below the microsecond are cut.
 */
export function toUtcMicroseconds(text: string): string | undefined {
  const match = form.exec(text);
  // In JavaScript "$" without the m flag matches at the very end only: a trailing newline is refused.
  if (match === null) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match;
  const numbers = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [y, mo, d, h, mi, s] = numbers;
  if (h > 23 || mi > 59 || s > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(y, mo - 1, d);
  if (date.getUTCMonth() !== mo - 1 || date.getUTCDate() !== d) return undefined;
  const offset = offsetMinutes(zone);
  if (offset === undefined) return undefined;
  date.setUTCHours(h, mi - offset, s);
  const utcYear = date.getUTCFullYear();
  if (utcYear < timestampYears.first || utcYear > timestampYears.last) return undefined;
  return `${date.toISOString().slice(0, 19)}.${fraction.slice(0, 6).padEnd(6, '0')}Z`;
}

function offsetMinutes(zone: string): number | undefined {
  if (zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || '0');
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
