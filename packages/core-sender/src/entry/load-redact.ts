import { createRequire } from 'node:module';
import type redact from '@pinojs/redact';

/** The redaction pino itself uses, loaded when the first sender asks for it: most never do. */
export function loadRedact(): typeof redact {
  return createRequire(ownFile())('@pinojs/redact') as typeof redact;
}

/**
 * The file this runs from, to resolve from. Read off the stack: `import.meta` does not compile in the CommonJS
 * build, and `__filename` is not there in the other. An asynchronous `import()` would come after the first records.
 */
function ownFile(): string {
  const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  try {
    Error.prepareStackTrace = (_error, sites) => sites[0]?.getFileName();
    return new Error('for its stack').stack as string;
  } finally {
    if (before) Object.defineProperty(Error, 'prepareStackTrace', before);
    else Reflect.deleteProperty(Error, 'prepareStackTrace');
  }
}
