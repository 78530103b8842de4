/** One log call in words that are no logger's; each adapter says it in its own. */
export interface Call {
  /** One of the five, or `trace`, or a level of the app's own: `audit` between info and warn, `panic` above fatal. Default info. */
  level?: 'trace' | 'debug' | 'info' | 'audit' | 'warn' | 'error' | 'fatal' | 'panic';
  /** Whether the record is to hold the level's name where it usually holds its number. */
  isLevelNamed?: true;
  /** What stands for the message; `NONE` for a call without one. Default {@link MESSAGE}. */
  message?: unknown;
  /** What follows the message. */
  values?: readonly unknown[];
  fields?: Readonly<Record<string, unknown>>;
  /** The time the record is to say, in the field the logger has for it. */
  time?: unknown;
  /** Fields of a child logger. */
  bindings?: Readonly<Record<string, unknown>>;
}

export const NONE: unique symbol = Symbol('none');

/** The message of a call that is about something else. */
export const MESSAGE = 'order placed';

/** The arguments from the message on. */
export function messageAndValues({ message = MESSAGE, values = [] }: Call): unknown[] {
  return message === NONE ? [...values] : [message, ...values];
}

/** The fields, with the time under the name that the logger has for it. */
export function fieldsOf({ fields, time }: Call, timeKey: string): Record<string, unknown> | undefined {
  if (fields === undefined && time === undefined) return undefined;
  return { ...fields, ...(time === undefined ? {} : { [timeKey]: time }) };
}
