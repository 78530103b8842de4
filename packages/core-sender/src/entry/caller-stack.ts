import { stackToServerText } from './stack-trace.ts';

/**
 * The stack of whoever calls this, without a header, in the form the server groups by: for the field `stack_trace`
 * of an entry that has no error. Frames of `above` and what it called are left out.
 */
export function callerStack(above: (...parameters: never[]) => unknown = callerStack): string {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, above);
  const frames = (holder.stack ?? '').split('\n').slice(1).join('\n');
  return stackToServerText(frames).text;
}
