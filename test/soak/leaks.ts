/** What `programs/thread-sampler.mjs` says of a thread of an app, once a second. */
export interface Sample {
  thread: string;
  /** Since the start of the app. */
  seconds: number;
  /** Bytes in the heap and in buffers beside it, after a full collection. */
  heap: number;
  rss: number;
  /** Handles and requests that are active. */
  resources: number;
  /** Descriptors of the process. */
  sockets: number;
  files: number;
}

type Measure = 'heap' | 'resources' | 'sockets' | 'files';

const MIB = 2 ** 20;

/** Each with a phase of a quiet server in it, so that their floors compare. */
const WINDOW_SECONDS = 60;
/** Modules, compiled code and pools come with the first time that each mode of the server is met. */
const WARM_UP_SECONDS = 300;
const SLOPE_MIB_PER_HOUR = 1;

/**
 * From the second third to the last. A minute cannot show 1 MiB an hour: that would be 6 KiB, and the floor wanders by
 * some 300 KiB. What it shows is a leak of 20 bytes an entry or of some KiB a batch, which in 20 s come to this.
 */
const HEAP_GROWTH_MIB = 2;
/** Requests under way at the lowest moments. One leaked with every failure of the server is more than this. */
const HANDLE_GROWTH = 2;

/** What a thread holds at its lowest moments, and by how much that grew. */
export interface LeakFigures {
  /** At the lowest moment of the second third; `late` is of the last third and the rest after it. */
  middle: Record<Measure, number>;
  late: Record<Measure, number>;
  heapMiBPerHour: number;
  /** Twice the standard error of that: the floors wander by some 300 KiB from one minute to the next. */
  heapMiBPerHourError: number;
  /** The highest of all. */
  rssMiB: number;
}

/** Figures of one thread of an app that logged for `logSeconds`. */
export function leakFigures(samples: readonly Sample[], logSeconds: number): LeakFigures {
  const isLate = ({ seconds }: Sample): boolean => seconds > (logSeconds * 2) / 3;
  const isSteady = ({ seconds }: Sample): boolean => seconds > WARM_UP_SECONDS && seconds < logSeconds;
  const { slope, error } = line(windowFloors(samples.filter(isSteady)));
  return {
    middle: floor(samples.filter((sample) => sample.seconds > logSeconds / 3 && !isLate(sample))),
    late: floor(samples.filter(isLate)),
    heapMiBPerHour: (slope * 3600) / MIB,
    heapMiBPerHourError: (2 * error * 3600) / MIB,
    rssMiB: Math.round(Math.max(...samples.map(({ rss }) => rss)) / MIB),
  };
}

/**
 * What in the figures is a leak: a slope that is steeper than allowed whatever its error. It is NaN, and no leak, in a run
 * that was no longer than the warm-up.
 */
export function leaks({ middle, late, heapMiBPerHour, heapMiBPerHourError }: LeakFigures): string[] {
  const found: string[] = [];
  const heapGrowth = (late.heap - middle.heap) / MIB;
  if (heapGrowth > HEAP_GROWTH_MIB) found.push(`the heap grew by ${heapGrowth.toFixed(2)} MiB`);
  if (heapMiBPerHour - heapMiBPerHourError > SLOPE_MIB_PER_HOUR)
    found.push(
      `the heap grows by ${heapMiBPerHour.toFixed(2)} ± ${heapMiBPerHourError.toFixed(2)} MiB an hour`,
    );
  for (const kind of ['resources', 'sockets', 'files'] as const) {
    const growth = late[kind] - middle[kind];
    if (growth > HANDLE_GROWTH) found.push(`${kind} grew from ${middle[kind]} to ${late[kind]}`);
  }
  return found;
}

/**
 * The lowest of each. What is held for a while, such as entries that wait for a server, comes and goes above it; what
 * is leaked lifts it.
 */
function floor(samples: readonly Sample[]): Record<Measure, number> {
  const lowest = (kind: Measure): number => Math.min(...samples.map((sample) => sample[kind]));
  return {
    heap: lowest('heap'),
    resources: lowest('resources'),
    sockets: lowest('sockets'),
    files: lowest('files'),
  };
}

/** The sample with the smallest heap of each window of time. */
function windowFloors(samples: readonly Sample[]): Sample[] {
  const lowest = new Map<number, Sample>();
  for (const sample of samples) {
    const window = Math.floor(sample.seconds / WINDOW_SECONDS);
    const known = lowest.get(window);
    if (!known || sample.heap < known.heap) lowest.set(window, sample);
  }
  return [...lowest.values()];
}

/** Bytes of heap per second: the slope of the line with the least squares, and its standard error. */
function line(samples: readonly Sample[]): { slope: number; error: number } {
  const x = mean(samples.map(({ seconds }) => seconds));
  const y = mean(samples.map(({ heap }) => heap));
  const squares = sum(samples.map(({ seconds }) => (seconds - x) ** 2));
  const slope = sum(samples.map(({ seconds, heap }) => (seconds - x) * (heap - y))) / squares;
  const rest = sum(samples.map(({ seconds, heap }) => (heap - y - slope * (seconds - x)) ** 2));
  return { slope, error: Math.sqrt(rest / (samples.length - 2) / squares) };
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
