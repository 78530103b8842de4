import { styleText } from 'node:util';

const { stdout } = process;
/** Whether a person watches. */
export const isTerminal = stdout.isTTY === true && process.env.TERM !== 'dumb';
const isColoured = isTerminal && !process.env.NO_COLOR;

/** @param {Parameters<typeof styleText>[0]} style @param {string} text */
export const paint = (style, text) => (isColoured ? styleText(style, text) : text);

/** A line that stays. @param {string} [text] */
export function say(text = '') {
  clear();
  console.log(text);
}

/** On a terminal, a last line that the next one replaces; elsewhere nothing. @param {string} text */
export function show(text) {
  clear();
  if (isTerminal) stdout.write(paint('dim', text));
}

function clear() {
  if (isTerminal) stdout.write('\r\u001b[K');
}
