import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { LogLevel } from '../../src/store/log-row.ts';
import { levels } from './filters.ts';
import { themeChanged } from './theme.tsx';

/** What is drawn: a time and a number for each level, or for one. */
export interface ChartBucket extends Partial<Record<LogLevel, number>> {
  ts: string;
}

const height = 132;

/** Numbers of entries over time as stacked bars, one colour a level. Dragging over a part chooses it. */
export function TimelineChart({
  buckets,
  interval,
  label,
  onSelect,
}: {
  buckets: readonly ChartBucket[];
  /** Seconds. */
  interval: number;
  label: string;
  onSelect?: (fromTs: string, toTs: string) => void;
}): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const select = useRef(onSelect);
  select.current = onSelect;
  const shown = levels.filter((level) => buckets.some((bucket) => (bucket[level] ?? 0) > 0));
  const total = (level: LogLevel): number => buckets.reduce((sum, bucket) => sum + (bucket[level] ?? 0), 0);

  useEffect(() => {
    const element = place.current as HTMLDivElement;
    let chart: uPlot | undefined;
    function draw(): void {
      chart?.destroy();
      chart = makeChart(element, buckets, interval, shown, (from, to) => select.current?.(from, to));
    }
    const resizing = new ResizeObserver(() => chart?.setSize({ width: element.clientWidth, height }));
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    draw();
    resizing.observe(element);
    scheme.addEventListener('change', draw);
    addEventListener(themeChanged, draw);
    return () => {
      resizing.disconnect();
      scheme.removeEventListener('change', draw);
      removeEventListener(themeChanged, draw);
      chart?.destroy();
    };
    // Levels follow from the buckets.
  }, [buckets, interval]);

  return (
    <figure class="chart">
      <div ref={place} role="img" aria-label={label} />
      <figcaption>
        {shown.map((level) => (
          <span key={level} class={`key ${level}`}>
            {level} <b>{total(level).toLocaleString()}</b>
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

function makeChart(
  element: HTMLElement,
  buckets: readonly ChartBucket[],
  interval: number,
  shown: readonly LogLevel[],
  onSelect: (fromTs: string, toTs: string) => void,
): uPlot {
  const style = getComputedStyle(element);
  // What light-dark() stands for is known only once it is a colour of something.
  const colour = (name: string): string => {
    element.style.color = `var(${name})`;
    const value = getComputedStyle(element).color;
    element.style.color = '';
    return value;
  };
  const axis: uPlot.Axis = {
    stroke: colour('--muted'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: `11px ${style.fontFamily}`,
  };
  const times = buckets.map(({ ts }) => Date.parse(ts) / 1000);
  const first = times[0] ?? 0;
  const last = (times.at(-1) ?? 0) + interval;
  // Drawn from the tallest to the lowest: each series is the sum of its level and those below.
  const sums = buckets.map(() => 0);
  const stacked = shown.map((level) =>
    buckets.map((bucket, index) => (sums[index] = (sums[index] ?? 0) + (bucket[level] ?? 0))),
  );
  const options: uPlot.Options = {
    width: element.clientWidth,
    height,
    padding: [8, 20, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
    select: { show: true, left: 0, top: 0, width: 0, height: 0 },
    scales: {
      x: { range: () => [first, last] },
      y: { range: (_chart, _min, max) => [0, Math.max(max, 4) * 1.05] },
    },
    axes: [
      { ...axis, grid: { show: false }, space: 90, size: 38, values: timeLabels },
      {
        ...axis,
        size: 44,
        space: 30,
        values: (_chart, values) => values.map((value) => compact.format(value)),
      },
    ],
    series: [
      {},
      ...shown.toReversed().map((level): uPlot.Series => ({
        label: level,
        fill: colour(`--bar-${level}`),
        width: 0,
        paths: uPlot.paths.bars?.({ align: 1, size: [0.85, 40] }) as uPlot.Series.PathBuilder,
        points: { show: false },
      })),
    ],
    hooks: {
      setSelect: [
        (chart) => {
          const { select } = chart;
          if (select.width < 4) return;
          const at = (left: number): string => new Date(chart.posToVal(left, 'x') * 1000).toISOString();
          onSelect(at(select.left), at(select.left + select.width));
        },
      ],
    },
  };
  return new uPlot(options, [times, ...stacked.toReversed()] as uPlot.AlignedData, element);
}

const compact = new Intl.NumberFormat('en', { notation: 'compact' });

/** How uPlot writes times: the hour, with the day where it changes. */
const timeLabels = [
  [86_400, '{D} {MMM}', null, null, null, null, null, null, 1],
  [60, '{HH}:{mm}', '\n{D} {MMM}', null, '\n{D} {MMM}', null, null, null, 1],
] as unknown as uPlot.Axis.Values;
