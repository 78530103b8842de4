import { isErrorLike } from '@tracehub/core-sender';
import { SPLAT, field, isCrash } from './info.ts';

/** The error of a record. */
export interface FoundError {
  error: object;
  /** Field of the record that held it and says nothing more. */
  key?: string;
  /** Field of the record whose text it was read out of. */
  textKey?: string;
  /** Whether winston has appended the error's message to the record's (`logger.error('text', error)`). */
  isMerged?: boolean;
}

/**
 * Finds the error of a record where only winston puts one: the record itself (`logger.error(error)`), its message, a
 * crash, an argument after the message, the stack `format.errors` or a child logger left of one. Fields are left to
 * the sender, which looks through those of every logger.
 */
export function findError(info: object): FoundError | undefined {
  if (isError(info)) return { error: info };
  const message = field(info, 'message');
  if (isErrorLike(message)) return { error: message };
  const crash = isCrash(info) ? field(info, 'error') : undefined;
  if (isErrorLike(crash)) return { error: crash, key: 'error' };
  return errorAmongArguments(info) ?? errorOfStack(info);
}

/** A record of winston's own has a message and, after `format.errors`, a stack: only a real Error counts here. */
function isError(info: object): boolean {
  try {
    return info instanceof Error || Object.prototype.toString.call(info) === '[object Error]';
  } catch {
    return false;
  }
}

function errorAmongArguments(info: object): FoundError | undefined {
  const values = field(info, SPLAT);
  if (!Array.isArray(values)) return undefined;
  const index = values.findIndex(isErrorLike);
  return index === -1 ? undefined : { error: values[index] as object, isMerged: index === 0 };
}

/** The first line of a V8 stack: `TypeError [ERR_CODE]: text`. */
const STACK_HEADER = /^(?:Uncaught )?([A-Za-z_$][\w$.]*)(?: \[\w+\])?(?:: ([\s\S]*))?$/;

/** Linear also in a megabyte of line breaks or blanks, as `\s+` would not be. */
const FIRST_FRAME = /\n[ \t]+at /;

/** The error that a record with a `stack` once was. A `stack` without frames is some field of the app's own. */
function errorOfStack(info: object): FoundError | undefined {
  const stack = field(info, 'stack');
  if (typeof stack !== 'string') return undefined;
  const header = stack.slice(0, Math.max(stack.search(FIRST_FRAME), 0));
  if (header === '') return undefined;
  const [, name = 'Error', text = ''] = STACK_HEADER.exec(header) ?? [];
  const cause = field(info, 'cause');
  const error = { name, message: text, stack, ...(cause === undefined ? {} : { cause }) };
  return { error, textKey: 'stack', isMerged: true };
}
