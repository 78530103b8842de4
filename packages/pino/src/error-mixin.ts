import {
  ERROR_KEYS,
  type FoundError,
  callerStack,
  errorAmongKeys,
  isRealError,
  nestedError,
} from '@tracehub/core-sender';
import { settingOf, symbolOf } from './pino-settings.ts';

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
  const found = findError(fields, level);
  if (found) {
    const errorKey = errorKeyOf(logger);
    if (errorAmongKeys(fields, [errorKey]) || isShaped(logger, fields, found)) return undefined;
    return { [errorKey]: found.error };
  }
  if ((fields as { exc_info?: unknown }).exc_info !== true) return undefined;
  const stack = stackOfCall(level, logger as PinoLogger) || callerStack(mixin, PINO_FRAME);
  return stack === '' ? undefined : { stack_trace: stack };
}

function findError(fields: object, level: number): FoundError | undefined {
  // pino takes an error of another realm for a record of its own properties.
  if (isRealError(fields)) return { error: fields, place: [] };
  return errorAmongKeys(fields, ERROR_KEYS) ?? (level >= NESTED_FROM ? nestedError(fields) : undefined);
}

/**
 * Whether the app's own `redact` or `serializers` decide what is written of the field that holds the error: a copy
 * under another key would go past them, to every destination.
 */
function isShaped(logger: object, fields: object, { place }: FoundError): boolean {
  const redactors = Object(settingOf(logger, 'pino.stringifiers')) as object;
  const serializers = Object(settingOf(logger, 'pino.serializers')) as object;
  const isWild = symbolOf(redactors, 'pino.wildcardFirst') !== undefined;
  const [key] = place;
  const keys = key === undefined ? Object.keys(fields) : [key];
  return isWild || keys.some((name) => Object.hasOwn(redactors, name) || Object.hasOwn(serializers, name));
}

/** Above the level method, whoever made it: pino, a custom level, an instrumentation. '' if it is not on the stack. */
function stackOfCall(level: number, logger: PinoLogger): string {
  const method = logger[logger.levels?.labels[level] ?? ''];
  return typeof method === 'function' ? callerStack(method as () => unknown) : '';
}

function errorKeyOf(logger: object): string {
  const key = settingOf(logger, 'pino.errorKey');
  return typeof key === 'string' ? key : 'err';
}
