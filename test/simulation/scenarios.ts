import type { Weather } from './cluster.ts';

/** What happens to the cluster, after which all of it is well again. */
export interface Scenario {
  name: string;
  phases: readonly { seconds: number; weather: Weather }[];
  /** Seconds until a try has failed, where the answer is not quick. */
  secondsToFail?: number;
  /** Only at the full size: it takes minutes. */
  isLong?: boolean;
}

const refuses: Weather = { kind: 'refuses' };
const serves = (share: number): Weather => ({ kind: 'serves', share });

export const SCENARIOS: readonly Scenario[] = [
  { name: 'a minute of refused connections', phases: [{ seconds: 60, weather: refuses }] },
  {
    name: 'a minute of 503 without Retry-After',
    phases: [{ seconds: 60, weather: { kind: 'busy' } }],
  },
  {
    name: 'a minute of 503 with Retry-After: 30',
    phases: [{ seconds: 60, weather: { kind: 'busy', retryAfter: 30 } }],
  },
  {
    name: 'two minutes without an answer',
    phases: [{ seconds: 120, weather: serves(0) }],
    // The default `timeout`.
    secondsToFail: 10,
  },
  {
    name: 'half of the nodes gone for five minutes',
    phases: [{ seconds: 300, weather: serves(0.5) }],
  },
  {
    name: 'a brown-out: a tenth of the nodes for two minutes',
    phases: [{ seconds: 120, weather: serves(0.1) }],
  },
  {
    name: 'a minute of refused connections, then two minutes with half of the nodes',
    phases: [
      { seconds: 60, weather: refuses },
      { seconds: 120, weather: serves(0.5) },
    ],
  },
  {
    name: 'ten minutes of refused connections',
    phases: [{ seconds: 600, weather: refuses }],
    isLong: true,
  },
];
