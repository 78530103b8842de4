import { describe, expect, it } from 'vitest';
import { type HeaderValue, traceIdOfRequest } from '../src/trace-id-of-request.ts';

const ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const NEW = /^[0-9a-f]{32}$/;
const ZEROS = '0'.repeat(32);

/** The id if it was taken over, `new` if another was made up. */
function taken(traceHeader: HeaderValue, traceparent: HeaderValue): string {
  const id = traceIdOfRequest(traceHeader, traceparent);
  if (id === traceHeader || id === ID) return id;
  expect(id).toMatch(NEW);
  return 'new';
}

describe('an X-Trace-ID', () => {
  it.each(['a', 'order-17', 'A-Z_0.9:@/+=', 'x'.repeat(64), '0a', '6b1f2a0e-8f5e-4c0e-9d6f-0d5a2b1c3d4e'])(
    'of %j is taken',
    (header) => {
      expect(taken(header, `00-${ID}-${PARENT}-01`)).toBe(header);
    },
  );

  it.each<[string, HeaderValue]>([
    ['nothing', undefined],
    ['empty', ''],
    ['65 characters', 'x'.repeat(65)],
    ['1 MB', 'x'.repeat(1_000_000)],
    ['a space', 'a b'],
    ['CRLF', 'a\r\nSet-Cookie: b'],
    ['a line feed at the end', 'a\n'],
    ['NUL', 'a\0'],
    ['Latin-1', 'caf\u00e9'],
    ['two, joined by Node', 'a, b'],
    ['a list', ['a']],
    ['a list of two', ['a', 'b']],
    ['zeros', ZEROS],
    ['a UUID of zeros', '00000000-0000-0000-0000-000000000000'],
    ['an object', { toString: () => 'a' } as never],
  ])('of %s is passed over', (_, header) => {
    expect(taken(header, undefined)).toBe('new');
    expect(taken(header, `00-${ID}-${PARENT}-01`)).toBe(ID);
  });
});

describe('a traceparent', () => {
  it.each([
    ['version 00', `00-${ID}-${PARENT}-01`],
    ['no flags', `00-${ID}-${PARENT}-00`],
    ['unknown flags', `00-${ID}-${PARENT}-ff`],
    ['a later version', `01-${ID}-${PARENT}-01`],
    ['a later version that adds something', `cc-${ID}-${PARENT}-01-what-the-future-brings`],
    ['a later version that adds nothing after its dash', `fe-${ID}-${PARENT}-01-`],
  ])('of %s is taken', (_, header) => {
    expect(taken(undefined, header)).toBe(ID);
  });

  it.each<[string, HeaderValue]>([
    ['nothing', undefined],
    ['empty', ''],
    ['version ff', `ff-${ID}-${PARENT}-01`],
    ['version 00 that adds something', `00-${ID}-${PARENT}-01-x`],
    ['a later version that adds something without a dash', `01-${ID}-${PARENT}-01x`],
    ['one digit of version', `0-${ID}-${PARENT}-01`],
    ['no version', `${ID}-${PARENT}-01`],
    ['a trace id of zeros', `00-${ZEROS}-${PARENT}-01`],
    ['a parent id of zeros', `00-${ID}-0000000000000000-01`],
    ['upper case', `00-${ID.toUpperCase()}-${PARENT}-01`],
    ['a short trace id', `00-${ID.slice(1)}-${PARENT}-01`],
    ['a long trace id', `00-${ID}0-${PARENT}-01`],
    ['no hex', `00-${ID.replace('4', 'g')}-${PARENT}-01`],
    ['no flags', `00-${ID}-${PARENT}`],
    ['one digit of flags', `00-${ID}-${PARENT}-1`],
    ['flags that are no hex', `00-${ID}-${PARENT}-0g`],
    ['a line feed at the end', `00-${ID}-${PARENT}-01\n`],
    ['a space before', ` 00-${ID}-${PARENT}-01`],
    ['1 MB after version 00', `00-${ID}-${PARENT}-01-${'x'.repeat(1_000_000)}`],
    ['1 MB of digits', '0'.repeat(1_000_000)],
    ['two, joined by Node', `00-${ID}-${PARENT}-01, 00-${ID}-${PARENT}-01`],
    ['a list', [`00-${ID}-${PARENT}-01`]],
  ])('of %s is passed over', (_, header) => {
    expect(taken(undefined, header)).toBe('new');
  });
});

it('a new trace id is new every time', () => {
  const ids = Array.from({ length: 1_000 }, () => traceIdOfRequest(undefined, undefined));
  expect(new Set(ids).size).toBe(1_000);
});
