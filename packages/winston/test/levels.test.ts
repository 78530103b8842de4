import { describe, expect, it } from 'vitest';
import winston from 'winston';
import { levelFromRank } from '../src/levels.ts';
import { entriesOf } from './support.ts';

async function levelsOf(levels: Record<string, number>): Promise<Record<string, string>> {
  const names = Object.keys(levels);
  const entries = await entriesOf((logger) => names.forEach((name) => logger.log(name, name)), {
    levels,
    level: names.toSorted((a, b) => levels[b]! - levels[a]!)[0]!,
  });
  return Object.fromEntries(entries.map(({ message, level }) => [message, level]));
}

describe('levels by name', () => {
  it('maps the npm levels', async () => {
    expect(await levelsOf(winston.config.npm.levels)).toEqual({
      error: 'ERROR',
      warn: 'WARN',
      info: 'INFO',
      http: 'INFO',
      verbose: 'DEBUG',
      debug: 'DEBUG',
      silly: 'DEBUG',
    });
  });

  it('maps the syslog levels', async () => {
    expect(await levelsOf(winston.config.syslog.levels)).toEqual({
      emerg: 'FATAL',
      alert: 'FATAL',
      crit: 'FATAL',
      error: 'ERROR',
      warning: 'WARN',
      notice: 'INFO',
      info: 'INFO',
      debug: 'DEBUG',
    });
  });

  it('maps the cli levels', async () => {
    expect(await levelsOf(winston.config.cli.levels)).toEqual({
      error: 'ERROR',
      warn: 'WARN',
      help: 'INFO',
      data: 'INFO',
      info: 'INFO',
      debug: 'DEBUG',
      prompt: 'DEBUG',
      verbose: 'DEBUG',
      input: 'DEBUG',
      silly: 'DEBUG',
    });
  });

  it('reads the level through colours', async () => {
    const [entry] = await entriesOf((logger) => logger.warn('painted'), {
      format: winston.format.colorize({ level: true }),
    });
    expect(entry).toMatchObject({ level: 'WARN', message: 'painted' });
    expect(entry).not.toHaveProperty('extra');
  });
});

describe('levels by rank', () => {
  it('takes the nearer of the known levels around it, on a tie the more severe', () => {
    const levels = { error: 0, oops: 1, warn: 10, odd: 15, info: 20, debug: 30 };
    expect(levelFromRank('oops', levels)).toBe('ERROR');
    expect(levelFromRank('odd', levels)).toBe('WARN');
  });

  it('goes one step further beyond the last known level', () => {
    const levels = { panic: 0, error: 1, info: 2, chatty: 3 };
    expect(levelFromRank('panic', levels)).toBe('FATAL');
    expect(levelFromRank('chatty', levels)).toBe('DEBUG');
    expect(levelFromRank('worse', { worse: 0, fatal: 1 })).toBe('FATAL');
    expect(levelFromRank('less', { debug: 1, less: 2 })).toBe('DEBUG');
  });

  it('takes the level of a known name of the same rank', () => {
    expect(levelFromRank('mail', { error: 0, warn: 1, mail: 1, info: 2 })).toBe('WARN');
  });

  it('spreads levels with no known name evenly', () => {
    const levels = { one: 0, two: 1, three: 2, four: 3, five: 4 };
    const found = Object.keys(levels).map((name) => levelFromRank(name, levels));
    expect(found).toEqual(['FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG']);
    expect(['high', 'low'].map((name) => levelFromRank(name, { high: 0, low: 9 }))).toEqual([
      'FATAL',
      'DEBUG',
    ]);
    expect(levelFromRank('only', { only: 3 })).toBe('INFO');
  });

  it('says INFO for a level the logger does not have', () => {
    expect(levelFromRank('loud', { error: 0 })).toBe('INFO');
    expect(levelFromRank('loud', undefined)).toBe('INFO');
  });

  it('keeps the name of a custom level in extra', async () => {
    const levels = { error: 0, audit: 1, debug: 9 };
    const entries = await entriesOf((logger) => logger.log('audit', 'who did what', { user: 7 }), {
      levels,
      level: 'debug',
    });
    expect(entries[0]).toMatchObject({ level: 'ERROR', extra: { level: 'audit', user: 7 } });
  });
});
