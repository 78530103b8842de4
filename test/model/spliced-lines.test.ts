import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { randomFrom, seed, size } from '../crash/kit/size.ts';
import { PINO_DEFAULTS, type PinoConfig } from '../../packages/pino/src/pino-config.ts';
import { type HostileValue, hostileRecords, hostileValues } from '../kit/hostile-values.ts';
import { FuzzedLines } from './fuzzed-lines.ts';
import { LinePaths, type Path } from './line-paths.ts';

const WALL = Date.now();

const SET_UPS: readonly ConstructorParameters<typeof LinePaths>[] = [
  [WALL],
  [WALL, { messageKey: 'message', errorKey: 'failure' }, undefined, true],
  [WALL, { levels: { low: 1, info: 30, audit: 35, loud: 70 } }, 'audit'],
  // Names that mean something else already.
  [WALL, { messageKey: 'name', errorKey: 'msg' }, 'warn'],
  [WALL, { messageKey: 'time', errorKey: 'module' }],
];

function tally(paths: readonly Path[]): Record<Path, number> {
  const counts = { spliced: 0, parsed: 0, 'left out': 0 };
  for (const path of paths) counts[path]++;
  return counts;
}

const LOGGERS: readonly { name: string; options: pino.LoggerOptions; config?: Partial<PinoConfig> }[] = [
  { name: 'defaults', options: {} },
  {
    name: 'messageKey and errorKey',
    options: { messageKey: 'text', errorKey: 'failure' },
    config: { messageKey: 'text', errorKey: 'failure' },
  },
  { name: 'nestedKey', options: { nestedKey: 'payload' } },
  { name: 'level names', options: { formatters: { level: (label) => ({ level: label }) } } },
  {
    name: 'severity for level',
    options: { formatters: { level: (label) => ({ severity: label.toUpperCase() }) } },
  },
  {
    name: 'custom levels',
    options: { customLevels: { audit: 35 } },
    config: { levels: { ...PINO_DEFAULTS.levels, audit: 35 } },
  },
  { name: 'isoTime', options: { timestamp: pino.stdTimeFunctions.isoTime } },
  { name: 'isoTimeNano', options: { timestamp: pino.stdTimeFunctions.isoTimeNano } },
  { name: 'unixTime', options: { timestamp: pino.stdTimeFunctions.unixTime } },
  { name: 'nullTime', options: { timestamp: pino.stdTimeFunctions.nullTime } },
  { name: 'no base', options: { base: null } },
  {
    name: 'a name, in a base of its own',
    options: { name: 'shop', base: { pid: 1, region: 'eu', module: 'orders' } },
  },
  { name: 'a mixin', options: { mixin: () => ({ trace_id: 'abc', thread_id: 'worker-7' }) } },
  { name: 'crlf', options: { crlf: true } },
  { name: 'redact of its own', options: { redact: ['value', 'err', 'a.b'] } },
  { name: 'msgPrefix', options: { msgPrefix: '[shop] ' } },
];

/** At the size of CI every tenth, another one in each run. */
function sampled<T>(values: readonly T[]): readonly T[] {
  const step = size(10, 1);
  return values.filter((_value, index) => index % step === seed % step);
}

const VALUE_PLACES = ['field', 'message', 'error', 'child'] as const;
const RECORD_PLACES = ['fields', 'bindings'] as const;

/** Logs a value; what a bare logger throws at, it does not write. */
function logAt(
  place: (typeof VALUE_PLACES | typeof RECORD_PLACES)[number],
  log: pino.Logger,
  { make }: HostileValue,
): void {
  try {
    const value = make(() => log.info('logged again'));
    if (place === 'field') log.info({ value }, place);
    else if (place === 'message') log.warn(value as string);
    else if (place === 'error') log.error({ err: value }, place);
    else if (place === 'child') log.child({ bound: value }).fatal(place);
    else if (place === 'fields') log.debug(value as object, place);
    else log.child(value as object).error(place);
  } catch {
    // No line.
  }
}

describe('a line that is spliced gives the entry that it gives when it is parsed', () => {
  it(`if it is generated (seed ${seed})`, () => {
    const random = randomFrom(seed);
    const lines = new FuzzedLines(random, WALL);
    const setUps = SET_UPS.map((given) => new LinePaths(...given));
    const count = size(20_000, 1_000_000);
    const paths: Path[] = [];
    for (let n = 0; n < count; n++) {
      const setUp = setUps[n % 2 === 0 ? 0 : Math.floor(random() * setUps.length)]!;
      paths.push(setUp.compare(lines.next()));
    }
    const { spliced, parsed } = tally(paths);
    console.log(`${count} lines: ${spliced} spliced, ${parsed} parsed`);
    // Both ways have to be gone often, or nothing is shown.
    expect(spliced).toBeGreaterThan(count / 4);
    expect(parsed).toBeGreaterThan(count / 4);
  });

  it.each(LOGGERS)('if pino writes it of any value, with $name', ({ name, options, config }) => {
    const setUp = new LinePaths(WALL, config);
    const paths: Path[] = [];
    const destination = {
      write(lines: string) {
        for (const line of lines.split(/\r?\n/)) if (line !== '') paths.push(setUp.compare(line));
      },
    };
    const create = (): pino.Logger => pino({ level: 'trace', ...options }, destination);
    for (const value of sampled(hostileValues)) {
      if (value.isHeavy === true) continue;
      for (const place of VALUE_PLACES) logAt(place, create(), value);
    }
    for (const value of sampled(hostileRecords)) {
      for (const place of RECORD_PLACES) logAt(place, create(), value);
    }
    const { spliced, parsed } = tally(paths);
    expect(parsed).toBeGreaterThan(10);
    // A line without a field `level` is always parsed.
    expect(spliced).toBeGreaterThan(name === 'severity for level' ? -1 : 10);
  });
});
