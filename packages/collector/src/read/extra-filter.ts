import { HttpProblem } from '../http-problem.ts';

/** Deeper than any question a person asks; the database would walk down as far as it is told. */
const maxDepth = 16;

/** The JSON object that `extra` must contain, checked and written anew. */
export function toExtraFilter(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refused('is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refused('is no object');
  if (isDeeperThan(value, maxDepth)) throw refused(`is deeper than ${maxDepth} levels`);
  const json = JSON.stringify(value);
  // No entry can hold these, and the database refuses them even in a question.
  if (json.includes(String.raw`\u0000`) || !json.isWellFormed() || /\\ud[89a-f]/.test(json)) {
    throw refused('holds U+0000 or a lone surrogate');
  }
  return json;
}

function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((inner) => isDeeperThan(inner, depth - 1));
}

function refused(why: string): HttpProblem {
  return new HttpProblem(422, `extra must be a JSON object such as {"user":{"id":7}}; this ${why}`);
}
