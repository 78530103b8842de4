// Times are UTC with six digits (`2026-11-22T10:00:00.123456Z`) and sort as text.

/** A stretch of time that is counted ahead. */
export type Unit = 'minute' | 'hour';

const units: Readonly<Record<Unit, { milliseconds: number; kept: number; first: string }>> = {
  minute: { milliseconds: 60_000, kept: 16, first: ':00.000000Z' },
  hour: { milliseconds: 3_600_000, kept: 13, first: ':00:00.000000Z' },
};

/** The first time, from this one on, at which a unit begins. */
export function startOfNext(unit: Unit, time: string): string {
  const start = startOf(unit, time);
  return start === time ? time : oneLater(unit, start);
}

/** Up to where units are whole in a range that ends with this time, inclusive. */
export function startOfLast(unit: Unit, time: string): string {
  const next = oneLater(unit, startOf(unit, time));
  return justBefore(next) === time ? next : startOf(unit, time);
}

/** The last microsecond before a unit begins. */
export function justBefore(start: string): string {
  return `${new Date(Date.parse(start) - 1).toISOString().slice(0, 19)}.999999Z`;
}

function startOf(unit: Unit, time: string): string {
  return time.slice(0, units[unit].kept) + units[unit].first;
}

function oneLater(unit: Unit, start: string): string {
  return startOf(unit, new Date(Date.parse(start) + units[unit].milliseconds).toISOString());
}
