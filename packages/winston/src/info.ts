// What winston hands to a transport, its "info", is the fields of the record and, under the symbols of triple-beam,
// what formats are not to touch. They are registered symbols: no dependency is needed to name them.

/** The level's name, as it was before `format.colorize`. */
export const LEVEL: unique symbol = Symbol.for('level');
/** The arguments after the message. */
export const SPLAT: unique symbol = Symbol.for('splat');

/** Whether winston made this record of an uncaught exception or an unhandled rejection. */
export function isCrash(info: unknown): boolean {
  if (typeof info !== 'object' || info === null) return false;
  return field(info, 'exception') === true || field(info, 'rejection') === true;
}

/** A property of whatever was logged; undefined where reading it throws. */
export function field(value: object, key: string | symbol): unknown {
  try {
    return (value as Record<string | symbol, unknown>)[key];
  } catch {
    return undefined;
  }
}
