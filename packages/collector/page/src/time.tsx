import type { JSX } from 'preact';

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });
const day = new Intl.DateTimeFormat(undefined, { day: '2-digit', month: 'short' });
const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** How long ago a time was, to the unit that matters. */
function toRelative(iso: string, now: number = Date.now()): string {
  const seconds = (Date.parse(iso) - now) / 1000;
  const [unit, size] = units.find(([, one]) => Math.abs(seconds) >= one) ?? [undefined, 1];
  return unit === undefined ? 'just now' : relative.format(Math.round(seconds / size), unit);
}

/** A time as how long ago it was; the moment itself on hover and for screen readers. */
export function Ago({ iso }: { iso: string }): JSX.Element {
  return (
    <time dateTime={iso} title={new Date(iso).toLocaleString()}>
      {toRelative(iso)}
    </time>
  );
}

/** A moment to the millisecond, with its date unless it is today. */
export function Moment({ iso }: { iso: string }): JSX.Element {
  const date = new Date(iso);
  const isToday = date.toDateString() === new Date().toDateString();
  return (
    <time dateTime={iso} title={`${iso} · ${toRelative(iso)}`} class="moment">
      {isToday ? '' : `${day.format(date)} `}
      {clock.format(date)}
      <span class="fraction">.{String(date.getMilliseconds()).padStart(3, '0')}</span>
    </time>
  );
}
