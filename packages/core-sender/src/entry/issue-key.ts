/*
 * The server locks one row per issue while it stores a batch, in the order of the batch; batches that hold the
 * same issues in different order deadlock, and the victim is lost whole (contract.md 5). So the errors of a batch
 * are sorted by a key that is equal exactly when the server's fingerprint is.
 */

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const DATE_TIME = /\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}/g;
const HEX = /0x[0-9a-fA-F]+/g;
const DIGITS = /\d+/g;

const PYTHON_FRAME = /^File "(.+?)", line \d+, in (.+)/;
const FRAME = /^at (.+?)\s*\((.+?):\d+\)/;

/** Frames that enter the fingerprint. */
const COUNTED_FRAMES = 5;

/** A message with everything that varies between events of one issue replaced by "?". */
export function normaliseMessage(message: string): string {
  return message.replace(UUID, '?').replace(DATE_TIME, '?').replace(HEX, '?').replace(DIGITS, '?').trim();
}

/** The first counted frames of a stack as `function file`. */
export function countedFrames(stack: string): string[] {
  const frames: string[] = [];
  for (const raw of stack.split('\n')) {
    const line = raw.trim();
    const v8 = FRAME.exec(line);
    const python = v8 ? null : PYTHON_FRAME.exec(line);
    if (v8) frames.push(`${v8[1]} ${v8[2]}`);
    else if (python) frames.push(`${python[2]} ${python[1]}`);
    if (frames.length === COUNTED_FRAMES) break;
  }
  return frames;
}

/** The key by which ERROR and FATAL entries of a batch are ordered. */
export function issueKey(message: string, errorType: string | undefined, stack: string | undefined): string {
  if (stack) return `s\n${errorType ?? ''}\n${countedFrames(stack).join('\n')}`;
  if (errorType) return `t\n${errorType}\n${normaliseMessage(message)}`;
  return `m\n${normaliseMessage(message)}`;
}
