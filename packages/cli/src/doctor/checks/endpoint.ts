import { type Check, failure, ok } from '../check.ts';

/** Whether there is an address to send to. */
export const endpoint: Check = {
  id: 'endpoint',
  needs: [],
  run({ settings }) {
    const problem = settings.inspection.problems.find(({ option }) => option === 'endpoint');
    if (problem) return failure(problem.message, 'set TRACEHUB_ENDPOINT to the base URL of the server');
    return ok(`${settings.options.endpoint} (from ${settings.sourceOf('endpoint')})`);
  },
};
