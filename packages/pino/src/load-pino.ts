import { createRequire } from 'node:module';
import type * as Pino from 'pino';
import { TraceHubError } from '@tracehub/core-sender';

/**
 * pino as this package sees it. It is an optional peer and needed only by who makes a worker by hand, so it is
 * loaded at the first call.
 *
 * @throws TraceHubError `TRACEHUB_PINO_MISSING` if it is not installed.
 */
export function loadPino(): typeof Pino {
  try {
    return createRequire(ownFile())('pino') as typeof Pino;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw cause;
    throw new TraceHubError(
      'TRACEHUB_PINO_MISSING',
      'traceHubTransport needs pino where it runs: add it to the dependencies; in a bundle leave pino and @tracehub/pino outside, or use traceHubStream',
      { cause },
    );
  }
}

/**
 * The file this runs from, to resolve from. Read off the stack: `import.meta` does not compile in the CommonJS
 * build, and `__filename` is not there in the other.
 */
export function ownFile(): string {
  const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  try {
    Error.prepareStackTrace = (_error, sites) => sites[0]?.getFileName();
    return new Error('for its stack').stack as string;
  } finally {
    if (before) Object.defineProperty(Error, 'prepareStackTrace', before);
    else Reflect.deleteProperty(Error, 'prepareStackTrace');
  }
}
