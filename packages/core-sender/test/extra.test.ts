import { describe, expect, it } from 'vitest';
import type { Entry } from '../src/entry/entry.ts';
import { encode, entryOf } from './records.ts';

describe('extra', () => {
  it('spreads a field extra that is a plain object, which wins over a field of the same name', () => {
    expect(entryOf({ fields: { a: 1, b: 2, extra: { b: 3, c: 4 } } }).extra).toEqual({ a: 1, b: 3, c: 4 });
    const bare = Object.assign(Object.create(null), { x: 1 }) as object;
    expect(entryOf({ fields: { extra: bare } }).extra).toEqual({ x: 1 });
  });

  it.each<[unknown, unknown]>([
    ['text', 'text'],
    [[1], [1]],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [new Map([['a', 1]]), { a: 1 }],
    [null, null],
  ])('keeps a field extra that is no plain object: %j', (extra, expected) => {
    expect(entryOf({ fields: { extra } }).extra).toEqual({ extra: expected });
  });

  it('keeps what the app wrote apart from what the sender adds', () => {
    const error = Object.assign(new Error('m'), { code: 1 });
    const entry = entryOf(
      { error, fields: { extra: { error: 'mine' }, tracehub_id: 'mine' } },
      {},
      { idInExtra: true },
    );
    expect(entry.extra).toEqual({
      error: 'mine',
      tracehub_error: { code: 1 },
      tracehub_id: 'mine',
      tracehub_tracehub_id: entry.id,
    });
  });

  it('keeps them apart when the second name is taken as well', () => {
    const error = Object.assign(new Error('m'), { code: 1 });
    const extra = { error: 'mine', tracehub_error: 'mine too' };
    expect(entryOf({ error, fields: { extra } }).extra).toEqual({
      ...extra,
      tracehub_own_error: { code: 1 },
    });
  });

  it('keeps the time of a record that is not used', () => {
    expect(entryOf({ time: 'soon' }).extra).toEqual({ original_timestamp: 'soon' });
    expect(entryOf({ time: 0 }).extra).toEqual({ original_timestamp: 0 });
  });

  it('is left out when there is nothing to say', () => {
    expect(entryOf({ fields: { extra: {} } })).not.toHaveProperty('extra');
  });

  it('has a mark when the record cannot be listed', () => {
    const fields = new Proxy(
      {},
      {
        ownKeys() {
          throw new Error('no');
        },
      },
    );
    expect(entryOf({ fields }).extra).toEqual({ tracehub_unreadable: 'no' });
  });

  it('is read during the call and never written to', () => {
    const fields = Object.freeze({ nested: { a: 1 }, extra: Object.freeze({ b: 1 }) });
    const { json } = encode({ fields });
    fields.nested.a = 2;
    expect((JSON.parse(json) as Entry).extra).toEqual({ nested: { a: 1 }, b: 1 });
  });
});
