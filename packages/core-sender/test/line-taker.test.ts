import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLineTaker } from '../src/worker/line-taker.ts';

function taking(close: () => Promise<void> = () => Promise.resolve()) {
  const lines: string[] = [];
  const stream = createLineTaker(
    (bytes, start, end) => lines.push(bytes.toString('utf8', start, end)),
    close,
  );
  return { lines, stream };
}

describe('line taker', () => {
  it('takes text that is longer than a piece, cut at no character', async () => {
    const { lines, stream } = taking();
    const given = Array.from({ length: 5_000 }, (_, n) => `${n} ${'🐢'.repeat(n % 40)}`);
    stream.end(given.join('\n'));
    await once(stream, 'close');
    expect(lines).toEqual(given);
  });

  it('lets the loop turn after each piece', async () => {
    const { lines, stream } = taking();
    const seen: number[] = [];
    stream.write('x\n'.repeat(64 * 1024), () => seen.push(-1));
    while (!seen.includes(-1)) {
      seen.push(lines.length);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(new Set(seen.filter((count) => count >= 0)).size).toBeGreaterThanOrEqual(4);
    expect(lines).toHaveLength(64 * 1024);
  });

  it('takes bytes, with characters in pieces', async () => {
    const { lines, stream } = taking();
    const bytes = Buffer.from('zwölf 🐢\nlast');
    await pipeline(Readable.from(Array.from(bytes, (byte) => Buffer.of(byte))), stream);
    expect(lines).toEqual(['zwölf 🐢', 'last']);
  });

  it('has finished when the close has come to an end, not before', async () => {
    let release = (): void => {};
    const { stream } = taking(() => new Promise<void>((resolve) => (release = resolve)));
    const seen: string[] = [];
    stream.on('finish', () => seen.push('finish')).on('close', () => seen.push('close'));
    stream.end('a\n');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(seen).toEqual([]);
    release();
    await once(stream, 'finish');
    release();
    await once(stream, 'close');
    expect(seen).toEqual(['finish', 'close']);
  });

  it('closes when it is destroyed', async () => {
    let closed = 0;
    const { stream } = taking(() => Promise.resolve(void closed++));
    stream.destroy();
    await once(stream, 'close');
    expect(closed).toBe(1);
  });
});
