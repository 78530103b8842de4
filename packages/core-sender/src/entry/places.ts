import { isDeepStrictEqual } from 'node:util';

type Plain = Record<string, unknown>;

/** The keys that lead to a value of a record; none: the record itself. */
export type Place = readonly string[];

/** Where an error lies among the fields. By its text: an adapter may have made another object of it. */
export function placesOf(error: Plain, value: unknown, place: Place = []): Place[] {
  if (!isObject(value)) return [];
  if (value['stack'] === error['stack'] && value['message'] === error['message']) return [place];
  return Object.keys(value).flatMap((key) => placesOf(error, value[key], [...place, key]));
}

/**
 * Where among the fields there is nothing but own properties of the error: what JSON left of it where it was logged,
 * before pino's mixin put it under the error key.
 */
export function remainsOf(error: Plain, value: unknown, place: Place = []): Place[] {
  if (!isObject(value) || value === error) return [];
  const isRemains = (): boolean =>
    Object.entries(value).every(([key, item]) => isDeepStrictEqual(item, error[key]));
  if (place.length > 0 && !Array.isArray(value) && isRemains()) return [place];
  return Object.keys(value).flatMap((key) => remainsOf(error, value[key], [...place, key]));
}

/** The names of a place in the fields: members of a field `extra` are known without it, too. */
export function fieldPlaces(place: Place): Place[] {
  return place[0] === 'extra' ? [place, place.slice(1)] : [place];
}

function isObject(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null;
}
