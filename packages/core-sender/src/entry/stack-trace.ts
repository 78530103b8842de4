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

function serverFrame(called: string, location: string): ServerFrame | undefined {
  // A method can have any name; with a parenthesis in it the server would find the file in the wrong place.
  const name = called.replaceAll(/[()]/g, '|');
  // Which of Node's own frames stand in a stack depends on what resumed the function, and on Node's version: counted,
  // they would split one error into several issues. In brackets they are not.
  if (location.startsWith('node:')) return { text: `    at ${name} [${location}]`, isCounted: false };
  const match = LOCATION.exec(location);
  if (match)
    return { text: `    at ${name} (${match[1]}:${match[2]}) [${match[2]}:${match[3]}]`, isCounted: true };
  const wasm = WASM_LOCATION.exec(location);
  if (!wasm) return undefined;
  const [, module, index, offset] = wasm;
  // What stands before ")" is not counted: without a name, functions of one module differ by their index only.
  const wasmName = name === '<anonymous>' ? `wasm-function[${index}]` : name;
  return { text: `    at ${wasmName} (${module}:${index}) [${offset}]`, isCounted: true };
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
 * Rewrites the text of a stack: V8 frames in the server's form, lines cut, the whole bounded. A line of the header
 * that starts with "at ", out of a `message` of several lines, is masked: the server would count it as a frame and
 * split the issue.
 */
export function stackToServerText(stack: string, message = ''): StackText {
  const raw = sliceText(stack, MAX_STACK_LENGTH * 2).split(/\r?\n/);
  const headerLines = countHeaderLines(raw, message);
  const lines: string[] = [];
  let length = 0;
  let hasFrames = false;
  for (const [index, whole] of raw.entries()) {
    const line = sliceText(whole, MAX_STACK_LINE);
    const isHeader = index < headerLines;
    const frame = isHeader ? undefined : v8FrameToServerFrame(line);
    const written = frame?.text ?? (isHeader && line.trimStart().startsWith('at ') ? `· ${line}` : line);
    hasFrames ||= frame ? frame.isCounted : !isHeader && SERVER_FRAME.test(line.trim());
    length += written.length + 1;
    if (length > MAX_STACK_LENGTH) {
      lines.push('… [more lines cut]');
      break;
    }
    lines.push(written);
  }
  return { text: lines.join('\n'), hasFrames };
}

/** By position, not by text: an error made of another one's stack holds the same lines as message and as frames. */
function countHeaderLines(lines: readonly string[], message: string): number {
  if (message === '' || lines[0]?.startsWith('    at ')) return 0;
  const own = message.split(/\r?\n/);
  // Above its header the stack of an error of `vm`, or of a file that does not compile, shows the line of code.
  const start = lines.slice(0, MAX_LINES_ABOVE).findIndex((line) => line.endsWith(own[0]!));
  if (start === -1) return 1;
  let count = 1;
  // pino's serialiser appends the messages of the causes to the last line.
  while (count < own.length && own[count]!.startsWith(lines[start + count] ?? '\n')) count++;
  return start + count;
}

const MAX_LINES_ABOVE = 8;
