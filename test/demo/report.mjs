import { stripVTControlCharacters } from 'node:util';
import { paint, say } from './terminal.mjs';

/**
 * What became of the log calls of one service, all its runs together.
 * @typedef {object} Account
 * @property {string} logger
 * @property {string} service
 * @property {number} logged log calls, as its own stdout has them
 * @property {number} delivered of these, confirmed by the collector in the run that logged them
 * @property {number} replayed of these, on disk in between and confirmed in the next run
 * @property {number} stored of these, read back from the collector
 * @property {number} lost
 * @property {number} doubled entries beyond the first for one log call, and entries nobody logged
 * @property {number} requests
 * @property {number} rawBytes
 * @property {number} wireBytes
 */

const numbers = /** @type {const} */ ([
  'logged',
  'delivered',
  'replayed',
  'stored',
  'lost',
  'doubled',
  'requests',
]);

/** @param {Account[]} accounts */
export function sayAccounts(accounts) {
  const sum = (/** @type {'rawBytes' | 'wireBytes' | (typeof numbers)[number]} */ name) =>
    accounts.reduce((total, account) => total + account[name], 0);
  const total = [
    'total',
    '',
    ...numbers.map((name) => count(sum(name), name)),
    ...bytes(sum('rawBytes'), sum('wireBytes')),
  ];
  const rows = accounts.map((account) => [
    paint('cyan', account.logger),
    account.service,
    ...numbers.map((name) => count(account[name], name)),
    ...bytes(account.rawBytes, account.wireBytes),
  ]);
  const header = ['logger', 'service', 'logged', 'delivered', 'from disk', 'stored', 'lost', 'doubled'];
  sayTable([[...header, 'requests', 'JSON', 'on the wire'], ...rows, total], 2);
}

/** @param {import('./collector.mjs').StoredIssue[]} issues */
export function sayIssues(issues) {
  const rows = issues
    .toSorted((a, b) => b.count - a.count)
    .map((issue) => [
      `${issue.count} ×`,
      paintLevel(issue.level),
      cut(firstLine(issue.sample_stack) ?? issue.title, 80),
    ]);
  sayTable([['count', 'level', 'for example'], ...rows], 3);
}

/** @param {import('./collector.mjs').StoredLog[]} logs */
export function sayTrace(logs) {
  const start = Date.parse(logs[0]?.timestamp ?? '');
  const rows = logs.map(({ timestamp, service, module, level, message }) => [
    `+${Date.parse(timestamp) - start} ms`,
    service ?? '',
    module ?? '',
    paintLevel(level),
    cut(message, 50),
  ]);
  sayTable([['time', 'service', 'module', 'level', 'message'], ...rows], 5);
}

/**
 * Prints a table; the first row is its header.
 * @param {string[][]} rows
 * @param {number} texts how many of the columns, from the left, hold text; the others hold numbers
 */
function sayTable(rows, texts) {
  /** @type {number[]} */
  const widths = [];
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, width(cell))));
  for (const row of rows) {
    const cells = row.map((cell, at) => {
      const space = ' '.repeat((widths[at] ?? 0) - width(cell));
      return at < texts ? cell + space : space + cell;
    });
    const line = `  ${cells.join('  ')}`.trimEnd();
    say(row === rows[0] ? paint('dim', line) : line);
  }
}

const width = (/** @type {string} */ cell) => stripVTControlCharacters(cell).length;

/** @param {string} level */
function paintLevel(level) {
  if (level === 'FATAL') return paint('magenta', level);
  return level === 'ERROR' ? paint('red', level) : level;
}

/** @param {string | null} text */
const firstLine = (text) => text?.split('\n', 1)[0];

/** @param {string} text @param {number} length */
const cut = (text, length) => (text.length <= length ? text : `${text.slice(0, length - 1)}…`);

/** @param {number} value @param {string} name */
function count(value, name) {
  const text = value.toLocaleString('en');
  if (name !== 'lost' && name !== 'doubled') return text;
  return paint(value === 0 ? 'green' : 'red', text);
}

/** @param {number} raw @param {number} wire */
function bytes(raw, wire) {
  const share = raw === 0 ? 0 : Math.round((100 * wire) / raw);
  return [kibibytes(raw), `${kibibytes(wire)} (${share} %)`];
}

/** @param {number} value */
const kibibytes = (value) => `${Math.round(value / 1024).toLocaleString('en')} KiB`;
