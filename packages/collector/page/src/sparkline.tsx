import type { JSX } from 'preact';

const height = 24;
const barWidth = 4;

/** Numbers as bars, the last one the latest. */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }): JSX.Element {
  const most = Math.max(...values, 1);
  return (
    <svg
      class="sparkline"
      role="img"
      aria-label={label}
      width={values.length * barWidth}
      height={height}
      viewBox={`0 0 ${values.length * barWidth} ${height}`}
    >
      {values.map((value, index) => {
        const bar = value === 0 ? 1 : Math.max((value / most) * height, 3);
        return (
          <rect
            key={index}
            class={value === 0 ? 'none' : ''}
            x={index * barWidth}
            y={height - bar}
            width={barWidth - 1}
            height={bar}
          />
        );
      })}
    </svg>
  );
}
