import { isUtf8 } from 'node:buffer';
import { HttpProblem } from '../http-problem.ts';

/** The array in a body; anything else is refused as a whole. */
export function parseBatch(body: Buffer): unknown[] {
  if (!isUtf8(body)) throw new HttpProblem(400, 'the body is not valid UTF-8');
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new HttpProblem(400, `the body is not valid JSON: ${(error as Error).message.slice(0, 200)}`);
  }
  if (!Array.isArray(parsed)) throw new HttpProblem(400, 'the body must be a JSON array of entries');
  return parsed;
}
