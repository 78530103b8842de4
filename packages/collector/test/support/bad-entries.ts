import { entry } from './client.ts';

/** A text of `length` letters. */
export const long = (length: number): string => 'x'.repeat(length);

/** An object in an object, `depth` times. */
export const nested = (depth: number): unknown => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);

/** Distinct words, ten bytes each. */
export const words = (bytes: number): string =>
  Array.from({ length: bytes / 10 }, (_, n) => String(n).padStart(9, 'w')).join(' ');

const lone = JSON.parse('"\\ud800"') as string;

/** Values that cannot stand in a field, as `contract.md` section 3 lists them; there they cost the whole batch. */
const badValues: Record<string, readonly unknown[]> = {
  level: ['error', 'WARNING', 'CRITICAL', null, 3, undefined],
  message: [1, {}, [], true, null, undefined, 'a\0b', lone],
  timestamp: [
    1_795_000_000,
    null,
    undefined,
    '',
    '  ',
    'yesterday',
    '1795345000',
    'Sun, 22 Nov 2026 10:00:00 GMT',
    '2026-11-22t10:00:00z',
    '2026-11-22T24:00:00Z',
    '2026-11-22T10:00:60Z',
    '2026-02-30T10:00:00Z',
    '+012026-11-22T10:00:00Z',
    '2026-11-22T10:00:00Z\n',
    '0001-01-01T00:00:00Z',
    '9999-01-01T00:00:00Z',
  ],
  id: [0, '', long(129), 'a\0b', lone],
  service: [null, 0, long(151), 'a\0b', lone],
  environment: [null, 0, long(51)],
  host: [null, 0, long(256)],
  pid: [null, 'abc', '', 12.5, 2 ** 64, 2 ** 31, -(2 ** 31) - 1, '2147483648', {}],
  thread_id: [null, 0, long(101)],
  sdk_version: [null, 0, long(31)],
  trace_id: [null, 0, long(65), '\0'],
  module: [null, 0, long(101), `${long(100)}  y`, '😀'.repeat(101), 'a\0b', lone],
  stack_trace: [0, 'a\0b', lone],
  error_type: [0, long(256), 'a\0b'],
  error_message: [0, 'a\0b', lone],
  extra: [null, [], 'a', 0, nested(101), { a: ['\0'] }, { a: { '\0': 1 } }, { a: lone }, { [lone]: 1 }],
};

/** `[title, field at fault, entry]`. */
export const badEntries: [title: string, field: string, bad: unknown][] = [
  ...Object.entries(badValues).flatMap(([field, values]) =>
    values.map((value): [string, string, unknown] => {
      const shown = value === undefined ? 'missing' : JSON.stringify(value);
      return [`${field} ${shown.slice(0, 40)}`, field, entry({ [field]: value })];
    }),
  ),
  ['3 MB to search', 'message', entry({ error_message: words(3_000_000) })],
  ['null', '', null],
  ['a string', '', 'entry'],
  ['a number', '', 7],
  ['a list', '', []],
  ['an empty object', 'level', {}],
];
