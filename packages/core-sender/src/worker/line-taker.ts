import { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { LineCutter, type TakeLine } from './line-cutter.ts';

/**
 * thread-stream hands over up to 4 MiB at once, and the next as soon as those are taken. Taken whole, they would
 * overrun the ring before a single request could leave; so the loop gets a turn after each piece. Nothing is waited
 * for: this is not back-pressure.
 */
const PIECE = 32 * 1024;

/**
 * What thread-stream writes to: text in, lines out. It has finished, and closes, when `close` has come to an end.
 *
 * @param take Called with each line. Must not throw.
 * @param close Called once or more, at the end of the text or where it breaks off. Must not reject.
 */
export function createLineTaker(take: TakeLine, close: () => Promise<void>): Writable {
  const cutter = new LineCutter(take);
  // thread-stream writes strings; a pipeline can write bytes.
  const decoder = new StringDecoder('utf8');
  const takePieces = (text: string, start: number, done: () => void): void => {
    const end = endOfPiece(text, start);
    cutter.push(text.slice(start, end));
    if (start === 0 && end === text.length) done();
    else setImmediate(() => (end < text.length ? takePieces(text, end, done) : done()));
  };
  return new Writable({
    decodeStrings: false,
    write: (chunk: string | Buffer, _encoding, done) =>
      takePieces(typeof chunk === 'string' ? chunk : decoder.write(chunk), 0, done),
    final(done) {
      cutter.push(decoder.end());
      cutter.end();
      // The end of a pino `pipeline` waits for `finish`, not for `close`, and then the worker ends.
      void closeThen(close, done);
    },
    destroy: (error, done) => void closeThen(close, () => done(error)),
  });
}

async function closeThen(close: () => Promise<void>, done: () => void): Promise<void> {
  await close();
  // What it throws is the app's uncaught exception, not a rejection.
  process.nextTick(done);
}

/** Never between the two units of a surrogate pair. */
function endOfPiece(text: string, start: number): number {
  const end = start + PIECE;
  if (end >= text.length) return text.length;
  const last = text.charCodeAt(end - 1);
  return last >= 0xd800 && last <= 0xdbff ? end - 1 : end;
}
