/** A stretch of time, in epoch milliseconds, both ends inclusive. */
export interface TimeRange {
  from: number;
  to: number;
}

/** Seconds. */
const minute = 60;
/** Seconds. */
export const hour = 3600;

/** Widths of a bucket, in seconds, that people think in; all start with the UTC day. */
const widths = [60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 7 * 86_400, 28 * 86_400] as const;

/** What a chart shows without becoming a fence. */
const wanted = 120;

/** Bounds an answer, whatever range and interval are asked for. */
export const maxBuckets = 2000;

/** How many buckets of `interval` seconds a range touches. */
export function countBuckets({ from, to }: TimeRange, interval: number): number {
  const width = interval * 1000;
  return Math.floor(to / width) - Math.floor(from / width) + 1;
}

/** The narrowest width, `least` seconds or more, that cuts a range into few enough buckets. */
export function chooseInterval(range: TimeRange, least: number = minute): number {
  const fitting = widths.find((width) => width >= least && countBuckets(range, width) <= wanted);
  return fitting ?? (widths.at(-1) as number);
}

/** All buckets that a range touches, the earliest first, each with what `valueAt` says of its beginning. */
export function fillBuckets<T>(
  range: TimeRange,
  interval: number,
  valueAt: (time: number) => T,
): ({ ts: string } & T)[] {
  const width = interval * 1000;
  const first = Math.floor(range.from / width) * width;
  return Array.from({ length: Math.min(countBuckets(range, interval), maxBuckets) }, (_, index) => {
    const time = first + index * width;
    return { ts: `${new Date(time).toISOString().slice(0, 19)}.000000Z`, ...valueAt(time) };
  });
}
