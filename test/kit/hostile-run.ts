import fc from 'fast-check';
import type { Entry, Stats } from '@tracehub/core-sender';
import { batchViolations } from './batch-validator.ts';
import { entryViolations, isOwnReport } from './entry-validator.ts';
import { type HostileValue, hostileRecords, hostileValues } from './hostile-values.ts';
import type { Receiver } from './receiver.ts';

/** Where in a log call a value stands; for `fields` and `bindings` it is the whole set of them. */
const PLACES = ['field', 'message', 'error', 'child', 'fields', 'bindings'] as const;
export type Place = (typeof PLACES)[number];

/** A logger that takes values in all places. */
export interface HostileLogger {
  log(place: Place, value: unknown): void;
  /** Logs a harmless record with this text as the message. */
  say(text: string): void;
}

/** A logger on our transport, and the same logger on a stream that only counts. */
export interface LoggerPair {
  subject: HostileLogger;
  bare: HostileLogger;
  /** Messages of the records that reached the bare logger's stream. */
  bareRecords(): number;
  /** Makes the loggers anew, on the same streams: some values leave a bare logger unable to log anything more. */
  renew(): void;
  stats(): Stats;
  flush(): Promise<unknown>;
  close(): Promise<unknown>;
  /** Whether the bare logger comes to an end with a value; most build the whole of its JSON. */
  canTake(value: HostileValue, place: Place): boolean;
}

interface Case {
  name: string;
  place: Place;
  make: HostileValue['make'];
}

const AGAIN = 'logged again';

/** Every hostile value in every place. */
export function corpusCases(pair: LoggerPair): Case[] {
  const cases: Case[] = [];
  const add = (values: readonly HostileValue[], places: readonly Place[]): void => {
    for (const value of values) {
      for (const place of places) {
        if (pair.canTake(value, place)) cases.push({ ...value, place, name: `${value.name}, as ${place}` });
      }
    }
  };
  add(hostileValues, ['field', 'message', 'error', 'child']);
  add(hostileRecords, ['fields', 'bindings']);
  return cases;
}

/** Any value JavaScript can make. */
const anything = fc.anything({
  maxDepth: 4,
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withObjectString: true,
  withTypedArray: true,
  withSparseArray: true,
  withUnicodeString: true,
  stringUnit: 'binary',
});

/** Lone surrogates and controls, which the Unicode strings above never hold. */
const brokenText = fc
  .array(fc.constantFrom('\0', '\ud800', '\udfff', '\u2028', '"', '\\', '😀', 'a', '__proto__'), {
    maxLength: 8,
  })
  .map((parts) => parts.join(''));

const value = fc.oneof(
  { weight: 6, arbitrary: anything },
  { weight: 1, arbitrary: brokenText },
  {
    weight: 1,
    arbitrary: fc.dictionary(brokenText, fc.oneof(anything, brokenText), { noNullPrototype: false }),
  },
  { weight: 1, arbitrary: fc.array(fc.oneof(brokenText, fc.double(), fc.bigInt())) },
);

/** `count` generated values, each in some place. The seed can be given to see a failure again. */
export function generatedCases(count: number, seed: number): Case[] {
  const sample = (): [Place, unknown][] =>
    fc.sample(fc.tuple(fc.constantFrom<Place>(...PLACES), value), { numRuns: count, seed });
  // Loggers write into what they are given: the subject gets equal values, not the same.
  const [forBare, forSubject] = [sample(), sample()];
  return forBare.map(([place, made], index) => {
    const uses = [made, forSubject[index]?.[1]];
    return {
      name: `generated value ${index} of seed ${seed}, as ${place}: ${fc.stringify(made).slice(0, 500)}`,
      place,
      make: () => uses.shift(),
    };
  });
}

/** Cases between two waits for delivery: far fewer records than the ring holds. */
const ROUND = 200;

/** What went wrong in a run; each list and count is to be empty. */
export interface Findings {
  /** Thrown though not by the bare logger, or dropped. */
  refused: string[];
  /** Bodies the server could not read. */
  unreadable: readonly string[];
  /** Entries and batches the server would not store. */
  invalid: string[];
  invalidBatches: string[];
  /** Good neighbours that did not arrive. */
  lost: string[];
  duplicates: number;
  /** Accepted, delivered and written by the bare logger, each less what arrived. */
  acceptedMore: number;
  deliveredMore: number;
  writtenMore: number;
}

/** No finding. */
export const HARMLESS: Findings = {
  refused: [],
  unreadable: [],
  invalid: [],
  invalidBatches: [],
  lost: [],
  duplicates: 0,
  acceptedMore: 0,
  deliveredMore: 0,
  writtenMore: 0,
};

/**
 * Logs every case, each followed by a numbered good neighbour. Harmless is: nothing is thrown that the bare logger
 * does not throw; what the bare logger writes is what arrives, each entry once and fit for the server; no good
 * neighbour is lost.
 */
export async function logHostile(
  pair: LoggerPair,
  receiver: Receiver,
  cases: readonly Case[],
): Promise<Findings> {
  const refused: string[] = [];
  let bareAgain = 0;
  let dropped = 0;
  const bareLogsAgain = (): void => {
    bareAgain++;
    pair.bare.say(AGAIN);
  };
  for (const [index, { name, place, make }] of cases.entries()) {
    const bareThrew = thrownBy(() => pair.bare.log(place, make(bareLogsAgain)));
    const threw = thrownBy(() =>
      pair.subject.log(
        place,
        make(() => pair.subject.say(AGAIN)),
      ),
    );
    if (threw !== undefined && bareThrew === undefined) refused.push(`${name} throws: ${threw}`);
    if (pair.stats().dropped > dropped) {
      dropped = pair.stats().dropped;
      refused.push(`${name} is dropped`);
    }
    const sayThrew = thrownBy(() => sayBoth(pair, neighbour(index)));
    if (sayThrew !== undefined) refused.push(`the neighbour of ${name} throws: ${sayThrew}`);
    if (index % ROUND === ROUND - 1) await pair.flush();
  }
  await pair.flush();

  const [reports, entries] = [true, false].map((own) =>
    receiver.entries().filter((entry) => isOwnReport(entry) === own),
  );
  const inOrder = inSequence(entries!);
  const { accepted, delivered } = pair.stats();
  const again = inOrder.filter((entry) => entry.message === AGAIN).length;
  return {
    refused: summary(refused),
    unreadable: receiver.faults,
    invalid: summary([...violationsIn(inOrder, cases), ...violationsIn(reports!, cases)]),
    invalidBatches: batchViolations(receiver.batches),
    lost: summary(lostNeighbours(inOrder, cases)),
    duplicates: receiver.duplicates(),
    acceptedMore: accepted - inOrder.length,
    deliveredMore: delivered - inOrder.length,
    writtenMore: pair.bareRecords() - bareAgain - (inOrder.length - again),
  };
}

/** Some values leave the bare logger unable to log anything more; its twin is then no better off. */
function sayBoth(pair: LoggerPair, text: string): void {
  const before = pair.bareRecords();
  pair.subject.say(text);
  pair.bare.say(text);
  if (pair.bareRecords() > before) return;
  pair.renew();
  pair.subject.say(text);
  pair.bare.say(text);
}

/** A fault of a stage shows in every case: the first ones say enough. */
function summary(faults: readonly string[]): string[] {
  const shown = faults.slice(0, 25);
  return faults.length > shown.length ? [...shown, `and ${faults.length - shown.length} more`] : shown;
}

function neighbour(index: number): string {
  return `neighbour ${index}`;
}

function thrownBy(call: () => void): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    try {
      return String(error instanceof Error ? error.stack : error).slice(0, 600);
    } catch {
      return 'something that cannot be shown';
    }
  }
}

function inSequence(entries: readonly Entry[]): Entry[] {
  const seq = (entry: Entry): number => Number(entry.id.slice(entry.id.lastIndexOf('-') + 1));
  return entries.toSorted((a, b) => seq(a) - seq(b));
}

function violationsIn(entries: readonly Entry[], cases: readonly Case[]): string[] {
  const found: string[] = [];
  let at = 0;
  for (const entry of entries) {
    for (const violation of entryViolations(entry)) found.push(`${cases[at]?.name}: ${violation}`);
    const said = /^neighbour (\d+)$/.exec(entry.message)?.[1];
    if (said !== undefined) at = Number(said) + 1;
  }
  return found;
}

function lostNeighbours(entries: readonly Entry[], cases: readonly Case[]): string[] {
  const said = new Set(entries.map((entry) => entry.message));
  return cases
    .map(({ name }, index) => (said.has(neighbour(index)) ? '' : name))
    .filter((name) => name !== '');
}
