import {
  CHAIN_CUT,
  CIRCULAR,
  arrayLength,
  errorHeader,
  errorMembers,
  errorMessage,
  errorStack,
  errorType,
  firstItems,
  isErrorLike,
  ownProperties,
  property,
} from './error-parts.ts';
import { stackToServerText } from './stack-trace.ts';
import { sliceText } from './text.ts';
import { unfoldCauses } from './unfold-causes.ts';
import { type JsonLimits, objectToJson } from './value-to-json.ts';

/** What of an error goes into the entry. */
export interface ErrorFields {
  type: string;
  message: string;
  /** In the server's form; absent if no frame could be written. */
  stackTrace?: string;
  /** The stack as it was, when no frame of it can be counted; belongs into `extra.stack`. */
  rawStack?: string;
  /** Own properties of the error, such as `code` and `errno`, and of its causes and members; belongs into `extra.error`. */
  details?: Record<string, unknown>;
}

/** Links of a cause chain that are followed, and members of an AggregateError that are written. */
const MAX_CHAIN = 8;

/** Type, message and stack of an error, with its causes. Never throws. */
export function errorToFields(given: object): ErrorFields {
  const error = unfoldCauses(given);
  const type = errorType(error);
  const message = errorMessage(error);
  const parts: string[] = [];
  const found = { frames: false };
  appendError(error, '', parts, new Set(), found);
  const stack = parts.join('\n');
  // An error can say its name only by its class; V8 then wrote "Error".
  const isHeaderOnly = stack === errorHeader(error) || stack === `Error: ${message}` || stack === 'Error';
  const details = detailsOf(error, new Set());
  return {
    type,
    message,
    ...(found.frames ? { stackTrace: stack } : isHeaderOnly ? {} : { rawStack: stack }),
    ...(details ? { details } : {}),
  };
}

function appendError(
  given: object,
  label: string,
  parts: string[],
  seen: Set<object>,
  found: { frames: boolean },
): void {
  if (seen.has(given)) {
    parts.push(label + CIRCULAR);
    return;
  }
  if (seen.size >= MAX_CHAIN) {
    parts.push(label + CHAIN_CUT);
    return;
  }
  seen.add(given);
  const error = unfoldCauses(given);
  const stack = errorStack(error) || errorHeader(error);
  const { text, hasFrames } = stackToServerText(label + stack, errorMessage(error));
  found.frames ||= hasFrames;
  parts.push(text);
  appendMembers(error, parts, seen, found);
  const cause = property(error, 'cause');
  if (cause === undefined || cause === null) return;
  if (isErrorLike(cause)) appendError(cause, 'Caused by: ', parts, seen, found);
  else parts.push(`Caused by: ${shortText(cause)}`);
}

function appendMembers(error: object, parts: string[], seen: Set<object>, found: { frames: boolean }): void {
  const members = errorMembers(error);
  for (const [index, member] of firstItems(members, MAX_CHAIN).entries()) {
    const label = `Error ${index + 1} of ${arrayLength(members)}: `;
    if (isErrorLike(member)) appendError(member, label, parts, seen, found);
    else parts.push(label + shortText(member));
  }
}

/** Own properties along the chain, in its shape: `{ code, cause: { errno }, errors: [{}, { code }] }`. */
function detailsOf(error: object, seen: Set<object>): Record<string, unknown> | undefined {
  if (seen.has(error) || seen.size >= MAX_CHAIN) return undefined;
  seen.add(error);
  const details = ownProperties(error);
  const cause = valueDetails(property(error, 'cause'), seen);
  if (cause !== undefined) details['cause'] = cause;
  const errors = membersDetails(errorMembers(error), seen);
  if (errors !== undefined) details['errors'] = errors;
  return Object.keys(details).length === 0 ? undefined : details;
}

/** Libraries that validate keep other things than a list under the name, which are kept as they are. */
function membersDetails(members: unknown, seen: Set<object>): unknown {
  if (arrayLength(members) === undefined) return members;
  const errors = firstItems(members, MAX_CHAIN).map((member) => valueDetails(member, seen));
  return errors.some((member) => member !== undefined) ? errors.map((member) => member ?? {}) : undefined;
}

/** A cause or member that is no error is a value like any other; what is not an object stands whole in the stack. */
function valueDetails(value: unknown, seen: Set<object>): object | undefined {
  if (isErrorLike(value)) return detailsOf(value, seen);
  return typeof value === 'object' && value !== null ? value : undefined;
}

/** For the text of a stack; the server's own limit on a line cuts further. */
const SHORT: JsonLimits = { string: 1_000, items: 50, values: 200, text: 2_000 };

function shortText(value: unknown): string {
  if (value === CIRCULAR || value === CHAIN_CUT) return value;
  if (typeof value === 'symbol') return String(value);
  return sliceText(objectToJson({ value }, SHORT).slice('{"value":'.length, -1), 1_000);
}
