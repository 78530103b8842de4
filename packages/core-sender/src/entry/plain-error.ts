import { EXTRA_LIMITS } from './entry-draft.ts';
import {
  CHAIN_CUT,
  CIRCULAR,
  arrayLength,
  errorToPlain,
  firstItems,
  isErrorLike,
  property,
} from './error-parts.ts';
import { mayHoldFolded, unfoldCauses, unfoldCausesOf } from './unfold-causes.ts';
import { type JsonLimits, objectToJson } from './value-to-json.ts';

/** More links than the enricher writes, so that the cut and its mark are left to it. */
const MAX_LINKS = 9;

/** Members that are not written only count; an array can claim to have any number of them. */
const MAX_MEMBERS = 1_000;

/** An error as JSON has it, from which the enricher makes the same columns. Never throws. */
export function errorToJson(error: object): Record<string, unknown> {
  return toJson(linksToPlain(error, new Set())) as Record<string, unknown>;
}

/** The same as text. */
export function errorToJsonText(error: object, limits: JsonLimits): string {
  return objectToJson(linksToPlain(error, new Set()), limits);
}

/** Any value as JSON has it; text as it is. */
export function toJson(value: unknown): unknown {
  if (typeof value === 'string' || typeof value === 'number' || value === undefined) return value;
  return fieldsToJson({ value })['value'];
}

/** The fields as JSON has them. */
export function fieldsToJson(fields: object, skip?: (key: string) => boolean): Record<string, unknown> {
  const json = objectToJson(fields, EXTRA_LIMITS, skip);
  // Whoever copies an object by assignment, as the redaction does, would set the prototype and lose the value.
  const text = json.replaceAll('"__proto__":', '"[__proto__]":');
  // A path has to find a cause where it was before pino's serialiser folded it into its error.
  return JSON.parse(text, mayHoldFolded(text) ? unfoldCausesOf : undefined) as Record<string, unknown>;
}

/** With its causes and members, which remain errors whatever a `toJSON` of theirs makes of them. */
function linksToPlain(given: object, seen: Set<object>): object {
  seen.add(given);
  const error = unfoldCauses(given);
  const link = (value: unknown): unknown => {
    if (!isErrorLike(value)) return value;
    if (seen.has(value)) return CIRCULAR;
    return seen.size < MAX_LINKS ? linksToPlain(value, seen) : CHAIN_CUT;
  };
  const { toJSON: _, cause, errors, ...plain } = errorToPlain(error) as Record<string, unknown>;
  // A path has to find the members under the name they have.
  const membersKey = property(error, 'errors') === undefined ? 'aggregateErrors' : 'errors';
  return {
    ...plain,
    ...(cause === undefined ? {} : { cause: link(cause) }),
    ...(errors === undefined ? {} : { [membersKey]: membersToPlain(errors, link) }),
  };
}

/** Libraries that validate keep other things than a list under that name. */
function membersToPlain(members: unknown, link: (member: unknown) => unknown): unknown {
  const count = arrayLength(members);
  if (count === undefined) return members;
  const linked = firstItems(members, MAX_LINKS).map(link);
  return [...linked, ...Array<null>(Math.max(Math.min(count, MAX_MEMBERS) - linked.length, 0)).fill(null)];
}
