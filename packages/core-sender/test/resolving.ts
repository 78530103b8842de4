import { type TraceHubConfigError, isTraceHubError } from '../src/errors.ts';
import type { SenderOptions } from '../src/options/options.ts';
import { resolveOptions } from '../src/options/resolve-options.ts';
import { IDENTITY } from './support.ts';

/** What is required, and an endpoint that gives no warning. */
export const LOCAL = { ...IDENTITY, endpoint: 'http://127.0.0.1:1' };

/** The options resolved, and the warnings. */
export function resolve(given: Record<string, unknown> = {}, environment: NodeJS.ProcessEnv = {}) {
  return resolveOptions({ ...LOCAL, ...given } as SenderOptions, environment);
}

/** The error with which the options are refused. */
export function refusal(
  given: Record<string, unknown>,
  environment: NodeJS.ProcessEnv = {},
): TraceHubConfigError {
  try {
    resolve(given, environment);
  } catch (error) {
    if (isTraceHubError(error)) return error as TraceHubConfigError;
    throw error;
  }
  throw new Error('was not refused');
}
