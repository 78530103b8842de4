import { CIRCULAR, errorMessage, property } from './error-parts.ts';

/** Between the stack of an error and that of its cause, as pino's serialiser joins them. */
const MARK = '\ncaused by: ';

/** What it writes where a chain comes back to an error that it has been through. */
const LOOP_MARK = '\ncauses have become circular...';
const LOOP_TEXT = ': ...';

/** More links than are written, so that the cut and its mark are left to the enricher. */
const MAX_LINKS = 9;

/** `TypeError [ERR_CODE]: text`, as a stack begins. */
const HEADER = /^([^\n:[]*?)(?: \[\w+\])?(?:: ([\s\S]*))?$/;

/**
 * pino's serialiser writes the causes of an error into its message and its stack. Gives the same error with its
 * causes as errors of their own again, so that it reads, and can be redacted, as one that was never serialised; any
 * other value as it is. Never throws.
 */
export function unfoldCauses(error: object): object {
  const stack = property(error, 'stack');
  if (typeof stack !== 'string' || !stack.includes(MARK)) return error;
  try {
    if (error instanceof Error || property(error, 'cause') !== undefined) return error;
    const [own = '', ...causes] = splitStack(stack);
    const links = causes.map(textToError);
    const message = errorMessage(error);
    const isLoop = stack.endsWith(LOOP_MARK) && causes.length < MAX_LINKS - 1;
    const folded = `: ${links.map((link) => link.message).join(': ')}${isLoop ? LOOP_TEXT : ''}`;
    const isFolded = message.endsWith(folded);
    // Behind no frame the mark can be a line of the message itself.
    if (!isFolded && !own.includes('\n    at ')) return error;
    const ownMessage = isFolded ? message.slice(0, -folded.length) : textToError(own).message;
    const last = isLoop ? CIRCULAR : links.at(-1);
    const cause = links.slice(0, -1).reduceRight<unknown>((inner, link) => ({ ...link, cause: inner }), last);
    return { ...error, message: ownMessage, stack: own, cause };
  } catch {
    // A Proxy that cannot be copied.
    return error;
  }
}

/** Reviver for `JSON.parse`, where any value may hold an error. */
export function unfoldCausesOf(_key: string, value: unknown): unknown {
  return typeof value === 'object' && value !== null ? unfoldCauses(value) : value;
}

/** Whether `json` may hold an error with causes folded into it. */
export function mayHoldFolded(json: string): boolean {
  return json.includes('\\ncaused by: ');
}

function splitStack(stack: string): string[] {
  const parts = stack.split(MARK);
  return [...parts.slice(0, MAX_LINKS - 1), ...joined(parts.slice(MAX_LINKS - 1))];
}

function joined(rest: readonly string[]): string[] {
  return rest.length === 0 ? [] : [rest.join(MARK)];
}

/** What a part of the stack says of its error. */
function textToError(stack: string): { type: string; message: string; stack: string } {
  const frames = stack.indexOf('\n    at ');
  const [, type = '', message = ''] = HEADER.exec(frames === -1 ? stack : stack.slice(0, frames)) ?? [];
  return { type: type || 'Error', message, stack };
}
