/** One frame without its place in the file: code that only moved is the same frame. */
export interface Frame {
  function: string;
  file: string;
}

/** A longer line is no frame. Bounds the work per line, whatever the text. */
const maxLineLength = 1024;

const python = /^File "([^"]*)", line \d+(?:, in (.*))?$/;
const lineAndColumn = /:\d{1,9}(?::\d{1,9})?$/;

/** The first `count` frames of a V8 or Python stack. */
export function topFrames(stack: string, count: number): Frame[] {
  const frames: Frame[] = [];
  let start = 0;
  while (start < stack.length && frames.length < count) {
    const newline = stack.indexOf('\n', start);
    const end = newline === -1 ? stack.length : newline;
    if (end - start <= maxLineLength) {
      const frame = toFrame(stack.slice(start, end).trim());
      if (frame !== undefined) frames.push(frame);
    }
    start = end + 1;
  }
  return frames;
}

function toFrame(line: string): Frame | undefined {
  if (line.startsWith('at ')) return toV8Frame(line.slice(3));
  const match = python.exec(line);
  return match === null ? undefined : { function: match[2] ?? '<module>', file: match[1] ?? '' };
}

/** Understands `fn (file:line:column)`, `file:line:column` and what our senders write, `fn (file:line) [line:column]`. */
function toV8Frame(text: string): Frame | undefined {
  // Whether a caller awaited the function says nothing about where the error is.
  const call = text.startsWith('async ') ? text.slice(6) : text;
  const open = call.indexOf(' (');
  const close = call.lastIndexOf(')');
  if (open !== -1 && close > open) {
    const file = toFile(call.slice(open + 2, close));
    if (file !== undefined) return { function: call.slice(0, open), file };
  }
  const file = toFile(call);
  return file === undefined ? undefined : { function: '<anonymous>', file };
}

/** The file of a `file:line:column`; `undefined` for `native`, `index 0` and the like. */
function toFile(location: string): string | undefined {
  // `eval at outer (/app/a.js:1:2), <anonymous>:3:4`: the file is where eval was called.
  // Which of Node's own frames stand in a stack depends on what resumed the function: they would split an issue.
  if (location.startsWith('node:')) return undefined;
  const inner = location.startsWith('eval at ')
    ? location.slice(location.lastIndexOf('(') + 1, location.indexOf(')'))
    : location;
  const file = inner.replace(lineAndColumn, '');
  return file === inner || file === '' ? undefined : file.replace(/^file:\/\//, '');
}
