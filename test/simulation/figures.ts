import type { Run } from './fleet.ts';

/** What a run says about the fleet. */
export interface Figures {
  /** Requests a second before the fault. */
  steady: number;
  /** Busiest second once the first tries are over, and after the recovery, as a multiple of that. */
  peakInFault: number;
  peakAfter: number;
  /** Busiest second against the mean of its surroundings, during the fault and after it. */
  stormInFault: number;
  stormAfter: number;
  /** Requests of one sender during the fault: the mean, and the most. */
  meanInFault: number;
  mostInFault: number;
  /** Live batches that a replay let go first when live entries waited: three by the rule of a quarter of the sends. */
  livePerReplay: number;
}

/** The surroundings of a second are this many seconds on either side. */
const REACH = 15;

/**
 * The first tries after a failure come quickly, and together, as the failures did; what comes later must be spread.
 * Seconds that the waits between this many tries take, to which comes what each of them takes to fail.
 */
const FIRST_WAITS = 30;
const FIRST_TRIES = 5;

export function figuresOf(run: Run, secondsToFail = 0): Figures {
  const { requests, fault, recovery, requestsInFault } = run;
  const steady = mean(requests.slice(fault - 20, fault));
  const inFault = requests.slice(fault + FIRST_WAITS + FIRST_TRIES * secondsToFail, recovery);
  const after = requests.slice(recovery);
  return {
    steady,
    peakInFault: Math.max(...inFault) / steady,
    peakAfter: Math.max(...after) / steady,
    stormInFault: storm(inFault),
    stormAfter: storm(after),
    meanInFault: mean(requestsInFault),
    mostInFault: Math.max(...requestsInFault),
    livePerReplay: run.yielded / run.contended,
  };
}

function storm(series: readonly number[]): number {
  return Math.max(
    ...series.map((count, second) => {
      const around = mean(series.slice(Math.max(second - REACH, 0), second + REACH + 1));
      return around === 0 ? 0 : count / around;
    }),
  );
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0) / Math.max(numbers.length, 1);
}
