import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Entry } from '@tracehub/core-sender';
import type { Clock } from '../../packages/core-sender/src/clock.ts';
import { decodeSegment } from '../../packages/core-sender/src/dead-letters/segment-format.ts';
import { parseSegmentName } from '../../packages/core-sender/src/dead-letters/segment-name.ts';
import type { History } from './sender-world.ts';
import type { Post, SimulatedServer } from './simulated-server.ts';

/** What no request may do, whatever the history. */
export class WireRules {
  readonly violations: string[] = [];
  /** Messages, in the order of the sequence. */
  readonly logged: string[] = [];
  isClosed = false;
  readonly #history: History;
  readonly #dlqPath: string;
  readonly #clock: Clock;
  readonly #server: SimulatedServer;
  #isGateOpen = true;
  /** Attempts of one live batch that got no answer, by its ids. */
  readonly #unanswered = new Map<string, number>();

  constructor(history: History, dlqPath: string, clock: Clock, server: SimulatedServer) {
    this.#history = history;
    this.#dlqPath = dlqPath;
    this.#clock = clock;
    this.#server = server;
    subscribe('tracehub.gate', this.#onGate);
  }

  readonly #onGate = (message: unknown): void => {
    this.#isGateOpen = (message as { open: boolean }).open;
  };

  /** For the next sender. */
  startAnew(): void {
    this.isClosed = false;
    this.#isGateOpen = true;
  }

  end(): void {
    unsubscribe('tracehub.gate', this.#onGate);
  }

  check({ entries, rawBytes }: Post): void {
    const fault = (what: string): void => void this.violations.push(what);
    const server = this.#server;
    const history = this.#history;
    const now = this.#clock.now();
    if (this.isClosed) fault('a request after the close');
    if (now < server.notBefore) fault(`${server.notBefore - now} ms before Retry-After`);
    if (entries.length > 0 && !this.#isGateOpen) fault('a batch while the gate is closed');
    // One more for what the sender itself has to say.
    if (entries.length > history.maxBatchEntries + 1) fault(`${entries.length} entries in a batch`);
    if (entries.length > 2 && rawBytes > history.maxBatchBytes + OWN_BYTES)
      fault(`${rawBytes} bytes in a batch`);
    if (new Set(entries.map(({ timestamp }) => timestamp.slice(0, 4))).size > 1)
      fault('a batch of two years');
    if (!isSorted(entries)) fault('errors that are not in the order of their issues');
    if (entries.some((entry) => this.#isTorn(entry))) fault('an entry that was not logged like that');
    this.#countUnanswered(entries, fault);
  }

  #isTorn({ id, message }: Entry): boolean {
    const logged = this.logged[Number(/-(\d+)$/.exec(id)?.[1]) - 1];
    // What the sender itself says was not logged; after a 413 a long one may be cut.
    if (logged === undefined || logged === message) return logged === undefined && !/-s\d+$/.test(id);
    return message.length >= logged.length || !logged.startsWith(message.slice(0, SHORTEST_CUT));
  }

  /** A batch whose answer was lost may be there: it is resent, but not for ever. */
  #countUnanswered(entries: readonly Entry[], fault: (what: string) => void): void {
    const { mode } = this.#server;
    const { hasQueue, maxRetries } = this.#history;
    if (!hasQueue || entries.length === 0 || (mode.kind !== 'hang' && mode.kind !== 'reset')) return;
    if (this.#claimed().has(entries[0]!.id)) return;
    const key = entries.map(({ id }) => id).join();
    const count = (this.#unanswered.get(key) ?? 0) + 1;
    this.#unanswered.set(key, count);
    if (count > maxRetries + 1) fault(`${count} attempts of a batch without an answer`);
  }

  /** Ids of the entries a replay has in hand. */
  #claimed(): Set<string> {
    const files = readdirSync(this.#dlqPath, { recursive: true, encoding: 'utf8' });
    const claimed = files.filter((file) => parseSegmentName(basename(file))?.state === 'claimed');
    const entries = claimed.flatMap((file) => decodeSegment(readFileSync(join(this.#dlqPath, file))).entries);
    return new Set(entries.map(({ json }) => (JSON.parse(json) as Entry).id));
  }
}

/** No cut goes below it. */
const SHORTEST_CUT = 500;

/** At most so long is an entry in which the sender reports drops. */
const OWN_BYTES = 1_000;

/** Whether the errors come last, by what is the same in all events of their issue. */
function isSorted(entries: readonly Entry[]): boolean {
  const keys = entries.map(({ level, message }) => (level === 'ERROR' ? message.replace(/\d+/g, '?') : ''));
  return keys.every((key, index) => index === 0 || keys[index - 1]! <= key);
}
