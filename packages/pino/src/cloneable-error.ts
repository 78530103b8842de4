/**
 * An error that arrives readable on another thread: of an error's own properties a clone keeps message, stack and
 * cause only. So the name and the code are in the first line of the stack, which is what Node prints, and in `cause`.
 */
export function toCloneableError(error: unknown): Error {
  const { name, code, option, message, stack } = error as Error & { code?: string; option?: string };
  const clone = new Error(message, { cause: { name, code, option } });
  clone.stack = `${name} [${code}]: ${message}${stack?.match(/(\n {4}at .*)+$/)?.[0] ?? ''}`;
  return clone;
}

/** Gives an error from {@link toCloneableError} its name, code and option back. */
export function restoreError(error: Error): void {
  const cause = error.cause as { name?: string; code?: string; option?: string } | undefined;
  if (!cause?.code?.startsWith('TRACEHUB_')) return;
  Object.assign(error, cause);
}
