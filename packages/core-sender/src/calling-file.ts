/**
 * The file of the function that calls this, to resolve modules from. Read off the stack: `import.meta` does not
 * compile in the CommonJS builds, and `__filename` is not there in the others.
 */
export function callingFile(): string {
  const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  try {
    Error.prepareStackTrace = (_error, sites) => sites[1]?.getFileName();
    return new Error('for its stack').stack as string;
  } finally {
    if (before) Object.defineProperty(Error, 'prepareStackTrace', before);
    else Reflect.deleteProperty(Error, 'prepareStackTrace');
  }
}
