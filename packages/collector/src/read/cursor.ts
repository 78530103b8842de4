import { HttpProblem } from '../http-problem.ts';
import { toUtcMicroseconds } from '../timestamp.ts';

/** The last row of an answer: lists are sorted by time, then by id. */
export interface Cursor {
  time: string;
  id: string;
}

/** A cursor as clients pass it on, without looking inside. */
export function encodeCursor({ time, id }: Cursor): string {
  return Buffer.from(JSON.stringify([time, id])).toString('base64url');
}

/** Reads a cursor, which comes from outside like everything else. */
export function decodeCursor(text: string, isId: (text: string) => boolean): Cursor {
  try {
    const [time, id] = JSON.parse(Buffer.from(text, 'base64url').toString()) as [unknown, unknown];
    if (typeof time === 'string' && typeof id === 'string' && isId(id)) {
      const valid = toUtcMicroseconds(time);
      if (valid !== undefined) return { time: valid, id };
    }
  } catch {
    // Falls through to the one answer there is for it.
  }
  throw new HttpProblem(422, 'cursor must be a next_cursor of an earlier answer');
}
