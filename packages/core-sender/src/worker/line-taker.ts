import { Writable } from 'node:stream';

/**
 * thread-stream hands over up to 4 MiB at once, and the next as soon as those are taken. Taken whole, they would
 * overrun the ring before a single request could leave; so the loop gets a turn after each piece. Nothing is waited
 * for: this is not back-pressure.
 */
export const PIECE: number = 32 * 1024;

/**
 * What thread-stream writes to: text in, lines out. Ends when `close` has.
 *
 * @param take Called with each line, without its end. Must not throw.
 */
export function createLineTaker(take: (line: string) => void, close: () => Promise<void>): Writable {
  let rest = '';
  /** Gives where it stopped: at the end of the last whole line, or after a piece. */
  const takePiece = (text: string, start: number): number => {
    let at = start;
    while (at - start < PIECE) {
      const end = text.indexOf('\n', at);
      if (end === -1) break;
      take(text.slice(at, end));
      at = end + 1;
    }
    return at;
  };
  const takeAll = (text: string, start: number, done: () => void): void => {
    const stopped = takePiece(text, start);
    if (text.includes('\n', stopped)) return void setImmediate(takeAll, text, stopped, done);
    rest = text.slice(stopped);
    done();
  };
  return new Writable({
    decodeStrings: false,
    write: (chunk, _encoding, done) => takeAll(rest + String(chunk), 0, done),
    final: (done) => void close().finally(done),
  });
}
