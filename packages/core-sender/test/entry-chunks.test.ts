import { describe, expect, it } from 'vitest';
import { EncodedEntry } from '../src/entry/encoded-entry.ts';
import { EntryChunks } from '../src/entry/entry-chunks.ts';
import { BodyEncoder } from '../src/send/encode-body.ts';

const KiB = 1024;

function write(texts: readonly string[]): EncodedEntry[] {
  const chunks = new EntryChunks();
  return texts.map((text, index) => new EncodedEntry(index + 1, chunks.write(text), undefined, 2026, 0));
}

describe('entries in chunks', () => {
  // Of one, two, three and four bytes in UTF-8; small, at the bound of a chunk of its own, and larger than any chunk.
  const texts = ['a', 'é', '中', '🙂'].flatMap((unit) =>
    [1, 300, 4 * KiB, 16 * KiB, 60 * KiB].map((length) => JSON.stringify(unit.repeat(length))),
  );
  const many = Array.from({ length: 60 }, (_, n) => texts[n % texts.length]!);

  it('say what was written, and how long it is, whatever came before and after', () => {
    const entries = write(many);
    expect(entries.map(({ json }) => json)).toEqual(many);
    expect(entries.map(({ bytes }) => bytes)).toEqual(many.map((text) => Buffer.byteLength(text)));
  });

  it('share a chunk', () => {
    const small = write(Array.from({ length: 100 }, () => '{"message":"m"}'));
    expect(new Set(small.map(({ chunk }) => chunk)).size).toBe(1);
  });

  it.each([
    ['in their order', (entries: EncodedEntry[]) => entries],
    ['in another order', (entries: EncodedEntry[]) => entries.toReversed()],
    ['with gaps', (entries: EncodedEntry[]) => entries.filter(({ seq }) => seq % 3 !== 0)],
  ])('come into a body %s, separated by commas', async (_, choose) => {
    const entries = choose(write(many));
    const { bytes } = await new BodyEncoder(undefined).encode(entries);
    expect(bytes.toString()).toBe(`[${entries.map(({ seq }) => many[seq - 1]).join(',')}]`);
  });
});
