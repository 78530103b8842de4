import { errorStack } from './error-parts.ts';
import { stackToServerText } from './stack-trace.ts';

/** More than the default of ten: a logger's own frames alone can be twenty. */
const MAX_FRAMES = 60;

/**
 * The stack of whoever calls this, without a header, in the form the server groups by: for the field `stack_trace`
 * of an entry that has no error. '' if no frame has a place in a file. Never throws.
 *
 * @param above Frames of this function, and of what it called, are left out. Default: this function.
 * @param skipped First frames that match are left out too, such as those of a logging library.
 */
export function callerStack(
  above: (...parameters: never[]) => unknown = callerStack,
  skipped?: RegExp,
): string {
  const frames = capture(above).split('\n').slice(1);
  const first = skipped ? frames.findIndex((frame) => !skipped.test(frame)) : 0;
  if (first === -1) return '';
  const { text, hasFrames } = stackToServerText(frames.slice(first).join('\n'));
  return hasFrames ? text : '';
}

/** What an app can set on `Error`, and has set to whatever. */
interface ErrorSettings {
  prepareStackTrace?: unknown;
  stackTraceLimit: unknown;
}

/** As V8 writes it (mapped, under `--enable-source-maps`), whatever the app has made of `Error`. */
function capture(above: (...parameters: never[]) => unknown): string {
  const holder = {};
  const { prepareStackTrace, stackTraceLimit } = Error as ErrorSettings;
  configure({ prepareStackTrace: undefined, stackTraceLimit: MAX_FRAMES });
  try {
    Error.captureStackTrace(holder, above);
    return errorStack(holder);
  } catch {
    return '';
  } finally {
    configure({ prepareStackTrace, stackTraceLimit });
  }
}

function configure(settings: ErrorSettings): void {
  try {
    Object.assign(Error, settings);
  } catch {
    // A frozen `Error`: the app's settings hold.
  }
}
