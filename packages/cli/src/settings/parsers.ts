import type { Level } from '@tracehub/core-sender';
import { InvalidArgumentError } from 'commander';

/** Values of flags: each reads what was typed, or says what is allowed. */

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30m`, `2h`, `7d` in ms. */
export function parseAge(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  const ms = Number(number) * (UNITS[unit] ?? Number.NaN);
  if (Number.isFinite(ms)) return ms;
  throw new InvalidArgumentError('allowed is a number with a unit, such as 45s, 30m, 2h or 7d.');
}

/** A whole number of at least `minimum`. */
export function wholeNumber(minimum: number, maximum: number = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= minimum && number <= maximum) return number;
    const range =
      maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
    throw new InvalidArgumentError(`allowed is a whole number ${range}.`);
  };
}

const LEVELS: readonly Level[] = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

/** One of the five levels, in any case. */
export function parseLevel(text: string): Level {
  const level = LEVELS.find((name) => name === text.toUpperCase());
  if (level) return level;
  throw new InvalidArgumentError(`allowed are ${LEVELS.join(', ').toLowerCase()}.`);
}
