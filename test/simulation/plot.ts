import type { Figures } from './figures.ts';
import type { Run } from './fleet.ts';

const WIDTH = 400;
const HEIGHT = 90;
const GAP = { x: 50, y: 62 };
const COLUMNS = 2;
/** Points of a line. */
const POINTS = 200;

/** Two hues that hold on white and on black; text and grid follow the reader's scheme. */
const STYLE = `
  text { font: 11px sans-serif; fill: #444 } .title { font-weight: bold }
  .grid { stroke: #999; stroke-opacity: 0.4 } .fault { fill: #888; fill-opacity: 0.18 }
  .requests { fill: none; stroke: #2a78c8; stroke-width: 1.5 } .backlog { fill: #e08a1e; fill-opacity: 0.35 }
  .key-requests { fill: #2a78c8 } .key-backlog { fill: #c87512 }
  @media (prefers-color-scheme: dark) { text { fill: #ccc } }`;

/** A panel for each scenario: requests a second as multiples of what they were before, and what waits on the disks. */
export function toSvg(runs: readonly { name: string; run: Run; figures: Figures }[], title: string): string {
  const width = COLUMNS * (WIDTH + GAP.x) + 20;
  const height = 50 + Math.ceil(runs.length / COLUMNS) * (HEIGHT + GAP.y);
  const panels = runs.map(({ name, run, figures }, index) => {
    const x = 40 + (index % COLUMNS) * (WIDTH + GAP.x);
    const y = 62 + Math.floor(index / COLUMNS) * (HEIGHT + GAP.y);
    return `<g transform="translate(${x} ${y})">${panel(name, run, figures.steady)}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">
<title>${title}</title><style>${STYLE}</style>
<text x="40" y="20">${title}</text>
<text x="40" y="36" class="key-requests">line: requests a second, 1 = before the fault</text>
<text x="310" y="36" class="key-backlog">area: entries on the disks of the fleet, 1 = the most there were</text>
${panels.join('\n')}
</svg>
`;
}

function panel(
  name: string,
  { requests, backlog, fault, recovery, worstBacklog }: Run,
  steady: number,
): string {
  const seconds = requests.length;
  const top = Math.max(1.5, Math.ceil((Math.max(...requests) / steady) * 2) / 2);
  const x = (second: number): string => ((second / seconds) * WIDTH).toFixed(1);
  const y = (value: number): string => (HEIGHT * (1 - value / top)).toFixed(1);
  const line = (series: readonly number[], one: number): string =>
    thinned(series)
      .map(({ second, value }) => `${x(second)},${y(value / one)}`)
      .join(' ');
  const area =
    worstBacklog === 0
      ? ''
      : `<polygon class="backlog" points="0,${HEIGHT} ${line(backlog, worstBacklog)} ${WIDTH},${HEIGHT}"/>`;
  return `<text class="title" y="-6">${name}</text>
<rect class="fault" x="${x(fault)}" width="${x(recovery - fault)}" height="${HEIGHT}"/>
${area}<polyline class="requests" points="${line(requests, steady)}"/>
<path class="grid" d="M0 ${y(1)}H${WIDTH}M0 ${HEIGHT}H${WIDTH}"/>
<text x="-5" y="${y(0)}" text-anchor="end">0</text><text x="-5" y="${y(1)}" dy="4" text-anchor="end">1</text>
<text y="${HEIGHT + 14}" x="${x(fault)}">${fault} s</text><text y="${HEIGHT + 14}" x="${WIDTH}" text-anchor="end">${seconds} s</text>`;
}

/** At most {@link POINTS} of the series, each the highest of its stretch: no peak is lost. */
function thinned(series: readonly number[]): { second: number; value: number }[] {
  const step = Math.max(Math.ceil(series.length / POINTS), 1);
  return Array.from({ length: Math.ceil(series.length / step) }, (_, index) => ({
    second: index * step,
    value: Math.max(...series.slice(index * step, (index + 1) * step)),
  }));
}
