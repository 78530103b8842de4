import { v8FrameToServerFrame } from './stack-trace.ts';

type Plain = Record<string, unknown>;

/*
 * The text of an error stands in more than one place: the first lines of its stack repeat type and message, and
 * loggers repeat the message as that of the record. A path names one of them and has to have its effect on all.
 */

/** Brings the errors in `after`, which redaction made of `before`, into line; collects the messages that are gone. */
export function settleErrors(before: unknown, after: unknown, gone: string[]): void {
  // Redaction copies only what it changes.
  if (before === after || !isObject(before)) return;
  const { message, stack } = before;
  const isError = typeof message === 'string' && typeof stack === 'string';
  const isWhole = isObject(after);
  if (isError && !(isWhole && after['message'] === message)) gone.push(message);
  if (!isWhole) return;
  for (const key of Object.keys(before)) settleErrors(before[key], after[key], gone);
  if (!isError) return;
  const isTextSame = after['message'] === message && after['type'] === before['type'];
  if (after['stack'] === stack && !isTextSame) after['stack'] = stackWithoutText(stack, message, after);
}

/** The frames, under a first line made of what is left. What is no frame can hold the message, or that of a cause. */
function stackWithoutText(stack: string, message: string, { type, message: left }: Plain): string {
  const lines = new Set(message.split(/\r?\n/));
  const frames = stack.split(/\r?\n/).filter((line) => !lines.has(line) && v8FrameToServerFrame(line));
  const header = [type, left].filter((text) => typeof text === 'string' && text !== '').join(': ');
  return [header, ...frames].join('\n');
}

/** The message of a record without the messages of errors that are gone. */
export function censorRepeats(text: string, gone: readonly string[], censor: string): string {
  let censored = text;
  for (const message of gone) {
    if (message === '') continue;
    censored = censored.replaceAll(message, () => censor);
  }
  return censored;
}

function isObject(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null;
}
