import { describe, expect, it } from 'vitest';
import { levelFromName, levelFromNumber } from '../src/entry/level.ts';

describe('levelFromName', () => {
  it.each([
    ['DEBUG', ['trace', 'debug', 'silly', 'verbose', 'input', 'prompt']],
    ['INFO', ['info', 'http', 'notice', 'data', 'help']],
    ['WARN', ['warn', 'warning']],
    ['ERROR', ['error']],
    ['FATAL', ['fatal', 'critical', 'crit', 'alert', 'emerg']],
  ])('is %s for %j, in any case', (level, names) => {
    for (const name of names) {
      expect(levelFromName(name)).toBe(level);
      expect(levelFromName(name.toUpperCase())).toBe(level);
    }
  });

  it.each([['audit'], [''], ['__proto__'], ['constructor']])('knows nothing of %j', (name) => {
    expect(levelFromName(name)).toBeUndefined();
  });
});

describe('levelFromNumber', () => {
  it.each([
    [10, 'DEBUG'],
    [20, 'DEBUG'],
    [29, 'DEBUG'],
    [30, 'INFO'],
    [35, 'INFO'],
    [39, 'INFO'],
    [40, 'WARN'],
    [49, 'WARN'],
    [50, 'ERROR'],
    [59, 'ERROR'],
    [60, 'FATAL'],
    [100, 'FATAL'],
    [0, 'DEBUG'],
    [-5, 'DEBUG'],
  ] as const)('of %i is %s', (value, level) => {
    expect(levelFromNumber(value)).toBe(level);
  });
});
