import { TraceHubConfigError } from '@tracehub/core-sender';
import { describe, expect, it } from 'vitest';
import { LineReader } from '../src/line-reader.ts';
import { PINO_DEFAULTS } from '../src/pino-config.ts';

const custom = { ...PINO_DEFAULTS, levels: { ...PINO_DEFAULTS.levels, audit: 35, loud: 70 } };

function levelOf(level: unknown, config = PINO_DEFAULTS): string | undefined {
  const reader = new LineReader(undefined);
  reader.configure(config);
  return reader.read(JSON.stringify({ level, msg: 'x' }))?.level;
}

describe('level', () => {
  it.each([
    [10, 'DEBUG'],
    [20, 'DEBUG'],
    [30, 'INFO'],
    [35, 'INFO'],
    [40, 'WARN'],
    [50, 'ERROR'],
    [60, 'FATAL'],
    [100, 'FATAL'],
    ['trace', 'DEBUG'],
    ['warn', 'WARN'],
    ['WARN', 'WARN'],
    ['warning', 'WARN'],
    ['critical', 'FATAL'],
    ['nobody knows', 'INFO'],
    ['constructor', 'INFO'],
    [null, 'INFO'],
    [{}, 'INFO'],
  ])('takes %j for %s', (level, expected) => {
    expect(levelOf(level)).toBe(expected);
  });

  it.each([
    ['audit', 'INFO'],
    ['LOUD', 'FATAL'],
    [70, 'FATAL'],
  ])('takes the custom level %j for %s', (level, expected) => {
    expect(levelOf(level, custom)).toBe(expected);
  });

  it.each([
    [30, true],
    ['warn', true],
    ['nobody knows', true],
    [35, false],
    ['audit', false],
    ['LOUD', false],
    [70, false],
  ])('%j is left for extra only if its number is not one of the six of pino', (level, isUsed) => {
    const reader = new LineReader(undefined);
    reader.configure(custom);
    expect(reader.read(JSON.stringify({ level, msg: 'x' }))?.used?.has('level')).toBe(isUsed);
  });

  it('is read from severity where a formatter has renamed it', () => {
    const record = new LineReader(undefined).read('{"severity":"CRITICAL","msg":"x"}');
    expect(record).toMatchObject({ level: 'FATAL', fields: { severity: 'CRITICAL' } });
    expect(record?.used?.has('severity')).toBe(false);
  });
});

describe('option level', () => {
  function passing(least: string | number, ...levels: unknown[]): unknown[] {
    const reader = new LineReader(least);
    reader.configure(custom);
    reader.checkLevel();
    return levels.filter((level) => reader.read(JSON.stringify({ level, msg: 'x' })));
  }

  it('lets through what is at least as severe', () => {
    expect(passing('warn', 10, 30, 39, 40, 50)).toEqual([40, 50]);
    expect(passing(35, 30, 35, 'info', 'audit', 'warn')).toEqual([35, 'audit', 'warn']);
    expect(passing('audit', 34, 35, 'notice', 'warning')).toEqual([35, 'warning']);
  });

  it('lets through what says no level', () => {
    const reader = new LineReader('fatal');
    expect(reader.read('{"msg":"x"}')).toMatchObject({ level: 'INFO' });
    expect(reader.read('not json')).toMatchObject({ level: 'INFO' });
  });

  it('is refused if pino has no such level', () => {
    const reader = new LineReader('audit');
    expect(() => reader.checkLevel()).toThrow(TraceHubConfigError);
    expect(() => reader.checkLevel()).toThrow(/option level must be .*trace, debug.*, got "audit"/);
    reader.configure(custom);
    expect(() => reader.checkLevel()).not.toThrow();
  });
});

describe('line', () => {
  const reader = new LineReader(undefined);

  it('gives message, time and fields', () => {
    const record = reader.read('{"level":30,"time":1732290000000,"msg":"hi","a":1}');
    expect(record).toMatchObject({ level: 'INFO', message: 'hi', time: 1732290000000, fields: { a: 1 } });
    expect(record?.used).toEqual(new Set(['level', 'time', 'msg']));
  });

  it.each(['null', '12', '"text"', 'true', '[1,2]', 'Error: no JSON', '{"a":', 'a\u2028b'])(
    'that is no JSON object is the message: %s',
    (line) => {
      expect(reader.read(line)).toEqual({ level: 'INFO', message: line, isUnread: line.startsWith('{') });
    },
  );

  it('that pino could not serialise keeps level and time', () => {
    const line = '{"level":50,"time":1732290000000,"pid":1,"list":[NaN],"msg":"x"}';
    expect(reader.read(line)).toEqual({ level: 'ERROR', message: line, isUnread: true, time: 1732290000000 });
    expect(new LineReader('fatal').read(line)).toBeUndefined();
  });

  it.each(['', ' ', '\t\r'])('that is blank is none: %j', (line) => {
    expect(reader.read(line)).toBeUndefined();
  });

  it('keeps a BigInt exact', () => {
    expect(reader.read('{"level":30,"big":12345678901234567890}')?.fields).toMatchObject({
      big: '12345678901234567890',
    });
  });
});
