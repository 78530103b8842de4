import { MAX_STACK_LENGTH, MAX_STACK_LINE } from './limits.ts';
import { sliceText } from './text.ts';

/*
 * The server groups errors by the frames it can read: `at <function>(<file>:<digits>)`, where it drops the number
 * before ")" (contract.md 5). A V8 frame ends in two numbers, so its line stays in the fingerprint and every moved
 * line is a new issue. Written as `at fn (/app/a.js:10) [10:5]` it groups by function and file, and the position
 * can still be clicked in a terminal.
 */

/** `file:line:column` at the end of a V8 location. */
const LOCATION = /^(.+):(\d+):(\d+)$/;
/** `wasm://wasm/name:wasm-function[3]:0x1a2` */
const WASM_LOCATION = /^(wasm:\/\/.+?):?wasm-function\[(\d+)\]:(0x[\da-f]+)$/;
/** `eval at fn (file:1:2), <anonymous>:3:4`: the frame belongs to the file that called eval. */
const EVAL_ORIGIN = /^eval at .+?\(((?:[^()]|\([^()]*\))+:\d+:\d+)\)/;

/** A frame as it is written, and whether the server counts it. */
interface ServerFrame {
  text: string;
  isCounted: boolean;
}

/** A frame line of V8 in the server's form, or undefined if the line is no frame with a position. */
export function v8FrameToServerFrame(line: string): ServerFrame | undefined {
  const trimmed = line.trim();
  if (!trimmed.startsWith('at ')) return undefined;
  const rest = trimmed.slice(3);
  const open = rest.endsWith(')') ? openingParenthesis(rest) : -1;
  if (open === -1) {
    const isAsync = rest.startsWith('async ');
    return serverFrame(isAsync ? 'async <anonymous>' : '<anonymous>', isAsync ? rest.slice(6) : rest);
  }
  const location = rest.slice(open + 1, -1);
  const origin = EVAL_ORIGIN.exec(location)?.[1];
  return serverFrame(rest.slice(0, open).trim() || '<anonymous>', origin ?? location);
}

function serverFrame(name: string, location: string): ServerFrame | undefined {
  // Which of Node's own frames stand in a stack depends on what resumed the function, and on Node's version: counted,
  // they would split one error into several issues. In brackets they are not.
  if (location.startsWith('node:')) return { text: `    at ${name} [${location}]`, isCounted: false };
  const match = LOCATION.exec(location);
  if (match)
    return { text: `    at ${name} (${match[1]}:${match[2]}) [${match[2]}:${match[3]}]`, isCounted: true };
  const wasm = WASM_LOCATION.exec(location);
  return wasm ? { text: `    at ${name} (${wasm[1]}:${wasm[2]}) [${wasm[3]}]`, isCounted: true } : undefined;
}

/** Position of the parenthesis that the last one closes: file names can hold parentheses too. */
function openingParenthesis(text: string): number {
  let depth = 0;
  for (let index = text.length - 1; index >= 0; index--) {
    if (text[index] === ')') depth++;
    else if (text[index] === '(' && --depth === 0) return index;
  }
  return -1;
}

/** A stack the app wrote itself: left as it is, but for the bounds the server needs. */
export function boundStack(stack: string): string {
  const lines = sliceText(stack, MAX_STACK_LENGTH).split('\n');
  return lines.map((line) => sliceText(line, MAX_STACK_LINE)).join('\n');
}

/** Whether a line is a frame already written for the server. */
const SERVER_FRAME = /^at .*\(.+:\d+\)/;

export interface StackText {
  text: string;
  /** Whether the server will count at least one frame; without one it would group by type alone. */
  hasFrames: boolean;
}

/**
 * Rewrites the text of a stack: V8 frames in the server's form, lines cut, the whole bounded. Of a header line
 * (`isHeader`, the error's own message) that starts with "at " the start is masked: the server would count it as
 * a frame and split the issue.
 */
export function stackToServerText(
  stack: string,
  isHeader: (line: string) => boolean = () => false,
): StackText {
  const lines: string[] = [];
  let length = 0;
  let hasFrames = false;
  for (const raw of sliceText(stack, MAX_STACK_LENGTH * 2).split(/\r?\n/)) {
    const line = sliceText(raw, MAX_STACK_LINE);
    const header = isHeader(raw);
    const frame = header ? undefined : v8FrameToServerFrame(line);
    const written = frame?.text ?? (header && line.trimStart().startsWith('at ') ? `· ${line}` : line);
    hasFrames ||= frame ? frame.isCounted : !header && SERVER_FRAME.test(line.trim());
    length += written.length + 1;
    if (length > MAX_STACK_LENGTH) {
      lines.push('… [more lines cut]');
      break;
    }
    lines.push(written);
  }
  return { text: lines.join('\n'), hasFrames };
}
