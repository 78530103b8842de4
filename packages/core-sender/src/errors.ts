const BRAND = Symbol.for('tracehub.error');

/**
 * Base of every error this family of packages makes. Match on `code`, not on `instanceof`: an app can hold an
 * ESM and a CommonJS copy of the class at once. {@link isTraceHubError} asks across copies.
 */
export class TraceHubError extends Error {
  override readonly name: string = 'TraceHubError';
  /** Stable, starts with `TRACEHUB_`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** An option that cannot be used. Thrown at construction; the message names option, value and what is allowed. */
export class TraceHubConfigError extends TraceHubError {
  override readonly name = 'TraceHubConfigError';
  /** Name of the offending option. */
  readonly option: string;

  constructor(option: string, message: string) {
    super('TRACEHUB_CONFIG', message);
    this.option = option;
  }
}

/** A request that got no answer, with the failure as `cause`. Stays inside the sender: to the app it is a count and a warning. */
export class TraceHubTransportError extends TraceHubError {
  override readonly name = 'TraceHubTransportError';

  constructor(message: string, options?: ErrorOptions) {
    super('TRACEHUB_TRANSPORT', message, options);
  }
}

/** Whether a value is an error of this family, whichever copy of the package made it. */
export function isTraceHubError(value: unknown): value is TraceHubError {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** The text of anything thrown, for warnings; never throws itself. */
export function errorText(error: unknown): string {
  try {
    if (error instanceof Error) {
      const code = (error as NodeJS.ErrnoException).code;
      return code && !error.message.includes(code) ? `${code} ${error.message}`.trim() : error.message;
    }
    return String(error);
  } catch {
    return 'an error that cannot be shown';
  }
}
