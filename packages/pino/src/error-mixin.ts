import {
  ERROR_KEYS,
  type FoundError,
  callerStack,
  errorAmongKeys,
  errorToJson,
  isRealError,
  nestedError,
} from '@tracehub/core-sender';
import { settingOf, symbolOf } from './pino-settings.ts';

/** What of pino's logger is looked at. Its own type would bind the custom levels of whoever takes the mixin. */
interface PinoLogger {
  readonly levels?: { readonly labels: Readonly<Record<number, string>> };
  readonly [method: string]: unknown;
}

type Serializer = (error: object) => unknown;

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
    const error = asWritable(found.error, serializerOf(logger, errorKey));
    return error && { [errorKey]: error };
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

/**
 * The error, or a copy where pino's serialiser would throw, or write nothing of it: it marks what it reads, which a
 * frozen error refuses, and reads all there is, getters too. Without the mixin pino would not have called it.
 */
function asWritable(error: object, serialize: Serializer | undefined): object | undefined {
  for (const formOf of [textsOf, copyOf]) {
    try {
      const form = formOf(error);
      if (form) serialize?.(form);
      if (form) return form;
    } catch {
      // The next form.
    }
  }
  return undefined;
}

/** The error itself, if its texts are texts: else pino takes it for a value like any other. */
function textsOf(error: object): object | undefined {
  const { message, stack } = error as { message: unknown; stack: unknown };
  return typeof message === 'string' && typeof stack === 'string' ? error : undefined;
}

/** What is to be written of the error, as data. Without prototypes: pino would name the type after their class. */
function copyOf(error: object): object {
  const bare = (_key: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.assign(Object.create(null) as object, value)
      : value;
  return JSON.parse(JSON.stringify(errorToJson(error)), bare) as object;
}

function serializerOf(logger: object, errorKey: string): Serializer | undefined {
  const serializers = Object(settingOf(logger, 'pino.serializers')) as Record<string, unknown>;
  const serialize = serializers[errorKey] ?? serializers['err'];
  return typeof serialize === 'function' ? (serialize as Serializer) : undefined;
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
