import { isDeepStrictEqual } from 'node:util';
import { ERROR_KEYS, isErrorLike } from '@tracehub/core-sender';

/**
 * Fields that only repeat own properties of the line's error: what JSON leaves of an Error that was logged as
 * `{ error }` and put under `errorKey` by the mixin.
 */
export function errorRemains(fields: Readonly<Record<string, unknown>>, errorKey: string): string[] {
  const error = fields[errorKey];
  return isErrorLike(error)
    ? ERROR_KEYS.filter((key) => key !== errorKey && isPartOf(fields[key], error))
    : [];
}

function isPartOf(value: unknown, error: object): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(([key, item]) =>
    isDeepStrictEqual(item, (error as Record<string, unknown>)[key]),
  );
}
