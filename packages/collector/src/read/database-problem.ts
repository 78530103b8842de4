import { HttpProblem } from '../http-problem.ts';
import { judge } from '../store/sqlstate.ts';

/** The server gave a statement up because of its time limit. */
const tookTooLong = '57014';

/** The answer to a reader whose question the database did not answer; `undefined` for any other error. */
export function toDatabaseProblem(error: Error): HttpProblem | undefined {
  if (isOurs(error) || judge(error) !== 'outage') return undefined;
  const isTooMuch = 'code' in error && error.code === tookTooLong;
  return new HttpProblem(
    503,
    isTooMuch
      ? 'the search takes too long: ask for less time or more exactly'
      : 'the database does not answer',
    { 'retry-after': '5' },
  );
}

/** Answers we chose ourselves, and mistakes in our code: what a database or its driver throws is neither. */
function isOurs(error: Error): boolean {
  return (
    error instanceof HttpProblem || 'statusCode' in error || !('code' in error || error.name === 'Error')
  );
}
