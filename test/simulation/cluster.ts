import type { Clock } from '../../packages/core-sender/src/clock.ts';
import type { Body } from '../../packages/core-sender/src/send/encode-body.ts';
import type { Answer } from '../../packages/core-sender/src/send/outcome.ts';
import { LUMP, lumpsIn } from './lump.ts';

/** What the cluster does with requests. */
export type Weather =
  /** With this share of its nodes; none: connections are accepted and nothing is answered. */
  | { kind: 'serves'; share: number }
  /** Nobody listens. */
  | { kind: 'refuses' }
  /** 503 to everything; when to come back, in seconds. */
  | { kind: 'busy'; retryAfter?: number };

/**
 * Work of one node, in ms, fitted to contract.md 4: eight connections with batches of 50 got 15,000 entries a second
 * through, with batches of 500 47,000.
 */
const REQUEST_MS = 2.5;
const ENTRY_MS = 0.0162;

/** Network and everything else that is no work. */
const ROUND_TRIP_MS = 20;

/** How often the nodes look at the queue, in ms. */
const TICK_MS = 5;

interface Job {
  lumps: number;
  /** Work left, in ms of one node. */
  work: number;
  notBefore: number;
  answer: (answer: Answer) => void;
  fail: (error: Error) => void;
}

/**
 * The server of the simulation: one queue before as many nodes as there are, first come, first served. A request
 * whose sender has given up is worked off like any other, and stored: the client's going away is not seen in time.
 */
export class Cluster {
  /** Per second: requests, how many of them were probes, and entries stored. */
  readonly requests: number[] = [];
  readonly probes: number[] = [];
  readonly stored: number[] = [];
  readonly #clock: Clock;
  readonly #nodes: number;
  readonly #timeout: number;
  #weather: Weather = { kind: 'serves', share: 1 };
  #jobs: Job[] = [];
  #next = 0;

  /** `timeout`: ms after which a sender gives a request up. */
  constructor(clock: Clock, nodes: number, timeout: number) {
    this.#clock = clock;
    this.#nodes = nodes;
    this.#timeout = timeout;
    this.#tick();
  }

  set weather(weather: Weather) {
    this.#weather = weather;
    if (weather.kind === 'serves') return;
    // The processes are gone, and with them what they had not come to.
    for (const job of this.#jobs.slice(this.#next)) job.fail(RESET);
    this.#jobs = [];
    this.#next = 0;
  }

  /** As {@link HttpTransport.post}: the answer, or a rejection after the timeout. */
  readonly post = (body: Body): Promise<Answer> => {
    const lumps = lumpsIn(body);
    this.#count(this.requests, 1);
    if (lumps === 0) this.#count(this.probes, 1);
    const weather = this.#weather;
    return new Promise((resolve, reject) => {
      const deadline = this.#clock.schedule(this.#timeout, () => reject(TIMEOUT));
      const answer = (value: Answer): void => {
        deadline.cancel();
        resolve(value);
      };
      const fail = (error: Error): void => {
        deadline.cancel();
        reject(error);
      };
      if (weather.kind === 'refuses') this.#clock.schedule(1, () => fail(REFUSED));
      else if (weather.kind === 'busy') {
        const retryAfter = weather.retryAfter?.toString();
        this.#clock.schedule(ROUND_TRIP_MS, () => answer({ status: 503, retryAfter, body: undefined }));
      } else {
        const work = REQUEST_MS + lumps * LUMP * ENTRY_MS;
        this.#jobs.push({ lumps, work, notBefore: this.#clock.now() + ROUND_TRIP_MS + work, answer, fail });
      }
    });
  };

  #tick(): void {
    this.#clock.schedule(TICK_MS, () => this.#tick());
    if (this.#weather.kind !== 'serves') return;
    let free = TICK_MS * this.#nodes * this.#weather.share;
    for (let job = this.#jobs[this.#next]; job && free > 0; job = this.#jobs[this.#next]) {
      const done = Math.min(free, job.work);
      free -= done;
      job.work -= done;
      if (job.work > 0) break;
      this.#next++;
      this.#finish(job);
    }
    if (this.#next * 2 < this.#jobs.length) return;
    this.#jobs = this.#jobs.slice(this.#next);
    this.#next = 0;
  }

  #finish({ lumps, notBefore, answer }: Job): void {
    this.#count(this.stored, lumps * LUMP);
    const accepted = { status: 202, retryAfter: undefined, body: `{"accepted":${lumps}}` };
    const wait = notBefore - this.#clock.now();
    if (wait <= 0) answer(accepted);
    else this.#clock.schedule(wait, () => answer(accepted));
  }

  #count(series: number[], count: number): void {
    const second = Math.floor(this.#clock.now() / 1_000);
    while (series.length <= second) series.push(0);
    series[second]! += count;
  }
}

const failure = (code: string): Error => Object.assign(new Error(code), { code });
const REFUSED = failure('ECONNREFUSED');
const RESET = failure('ECONNRESET');
const TIMEOUT = failure('TRACEHUB_TIMEOUT');
