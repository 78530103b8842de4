import { fileURLToPath } from 'node:url';
import type { SenderOptions } from '@tracehub/core-sender';
import { type Child, type ChildEnd, runProgram, startProgram } from '../../kit/child.ts';
import type { NumberedReceiver } from './numbered-receiver.ts';
import { size } from './size.ts';

/** Where and how `programs/life.mjs` is to die by its own hand. */
export interface Crash {
  point: string;
  phase: 'before' | 'after' | 'torn';
  nth: number;
  /** Lets every other write of a segment fail first. */
  fail?: boolean;
}

export interface Life {
  /** Names its entries; no blanks. */
  life: string;
  endpoint: string;
  dlqPath: string;
  options?: SenderOptions;
  /** Entries it logs; without end if left out. */
  count?: number;
  /** Entries in one go, and ms between. */
  perTick?: number;
  tick?: number;
  /** What it does after them; returns if left out. */
  end?: 'exit' | 'close' | 'linger';
  crash?: Crash;
}

/** What the sender of a life last said of its entries. */
export interface LastWords {
  accepted: number;
  durable: number;
  deadLettered: number;
  delivered: number;
  dropped: number;
}

const program = (name: string): string => fileURLToPath(new URL(`../programs/${name}.mjs`, import.meta.url));

export function startLife(life: Life): Child {
  return startProgram(program('life'), { args: [JSON.stringify(life)] });
}

export function lastWords({ stdout }: ChildEnd): LastWords {
  // The last line may be cut off by the kill.
  const line = stdout
    .split('\n')
    .slice(0, -1)
    .findLast((text) => text.startsWith('at '));
  const [accepted = 0, durable = 0, deadLettered = 0, delivered = 0, dropped = 0] =
    line?.slice(3).split(' ').map(Number) ?? [];
  return { accepted, durable, deadLettered, delivered, dropped };
}

/** Runs a child program of these lanes to its end; gives the JSON it prints after `word`. */
export async function ask<T>(name: string, input: object, word: string, limit = 30_000): Promise<T> {
  const end = await runProgram(program(name), { args: [JSON.stringify(input)], limit });
  const line = end.stdout.split('\n').find((text) => text.startsWith(`${word} `));
  if (line === undefined) throw new Error(`${name} ended with ${end.code}, without "${word}"\n${end.stderr}`);
  return JSON.parse(line.slice(word.length)) as T;
}

/** The next start with the server up: delivers all but `leave` files. Gives the segment files that stayed. */
export async function recover(receiver: NumberedReceiver, dlqPath: string, leave = 0): Promise<string[]> {
  await receiver.setMode('up');
  return ask('recover', { endpoint: receiver.url, dlqPath, leave, limit: size(5_000, 20_000) }, 'left');
}

/** Numbers from 1 to `count` of a life that the receiver does not have. */
export function missing(receiver: NumberedReceiver, life: string, count: number): number[] {
  const numbers = receiver.numbers(life);
  return Array.from({ length: count }, (_, index) => index + 1).filter((n) => !numbers.has(n));
}

/** Runs the tasks, `width` at a time. */
export async function inParallel(width: number, tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const left = [...tasks];
  const errors: unknown[] = [];
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let task = left.shift(); task; task = left.shift())
        await task().catch((error) => errors.push(error));
    }),
  );
  if (errors.length > 0) throw errors[0];
}
