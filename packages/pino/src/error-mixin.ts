import { ERROR_KEYS, callerStack, errorAmongKeys, isErrorLike, nestedError } from '@tracehub/core-sender';

/** What of pino's logger is looked at. Its own type would bind the custom levels of whoever takes the mixin. */
interface PinoLogger {
  readonly levels?: { readonly labels: Readonly<Record<number, string>> };
  readonly [method: string]: unknown;
}

/** From this level on an error is also looked for deep in the fields, as the sender does: WARN. */
const NESTED_FROM = 40;

/** Frames of pino between the log call and the mixin. */
const PINO_FRAME = /[\\/]node_modules[\\/]pino[\\/]/;

/**
 * What pino's line would not say: an error that stands anywhere but under `errorKey`, of which JSON leaves the own
 * properties only, and the stack of the call for `exc_info: true`, which nobody but the app's thread can see.
 */
export function errorFields(
  fields: object,
  level: number,
  logger: object,
  mixin: (...parameters: never[]) => unknown,
): object | undefined {
  const error = findError(fields, level);
  if (error) {
    const errorKey = errorKeyOf(logger);
    return errorAmongKeys(fields, [errorKey]) ? undefined : { [errorKey]: error };
  }
  if ((fields as { exc_info?: unknown }).exc_info !== true) return undefined;
  const stack = stackOfCall(level, logger as PinoLogger) || callerStack(mixin, PINO_FRAME);
  return stack === '' ? undefined : { stack_trace: stack };
}

function findError(fields: object, level: number): object | undefined {
  // pino takes an error of another realm for a record of its own properties.
  if (isErrorLike(fields)) return fields;
  return (errorAmongKeys(fields, ERROR_KEYS) ?? (level >= NESTED_FROM ? nestedError(fields) : undefined))
    ?.error;
}

/** Above the level method, whoever made it: pino, a custom level, an instrumentation. '' if it is not on the stack. */
function stackOfCall(level: number, logger: PinoLogger): string {
  const method = logger[logger.levels?.labels[level] ?? ''];
  return typeof method === 'function' ? callerStack(method as () => unknown) : '';
}

/** pino keeps it under a symbol of its own copy, which need not be the copy that this package finds. */
function errorKeyOf(logger: object): string {
  for (let at: object | null = logger; at; at = Object.getPrototypeOf(at) as object | null) {
    const symbol = Object.getOwnPropertySymbols(at).find(
      ({ description }) => description === 'pino.errorKey',
    );
    const key = symbol && (at as Record<symbol, unknown>)[symbol];
    if (typeof key === 'string') return key;
  }
  return 'err';
}
