/*
 * A judge of its own: written from what was measured on the real server and from the design, sharing no code with
 * the sender. One entry outside these rules costs its whole batch, most often silently after a 202.
 */

/** What a text column takes. `limit` counts code points. */
interface TextRule {
  limit: number;
  required: boolean;
  /** The server stores an empty string as NULL: it must be left out instead. */
  mayBeEmpty: boolean;
}

const LEVELS = new Set(['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']);

const TEXTS: Record<string, TextRule> = {
  id: { limit: 128, required: true, mayBeEmpty: false },
  message: { limit: Number.POSITIVE_INFINITY, required: true, mayBeEmpty: true },
  timestamp: { limit: Number.POSITIVE_INFINITY, required: true, mayBeEmpty: false },
  service: { limit: 150, required: true, mayBeEmpty: false },
  environment: { limit: 50, required: true, mayBeEmpty: false },
  host: { limit: 255, required: true, mayBeEmpty: false },
  thread_id: { limit: 100, required: true, mayBeEmpty: false },
  sdk_version: { limit: 30, required: true, mayBeEmpty: false },
  trace_id: { limit: 64, required: false, mayBeEmpty: false },
  module: { limit: 100, required: false, mayBeEmpty: false },
  error_type: { limit: 255, required: false, mayBeEmpty: false },
  error_message: { limit: Number.POSITIVE_INFINITY, required: false, mayBeEmpty: true },
  stack_trace: { limit: Number.POSITIVE_INFINITY, required: false, mayBeEmpty: false },
};

const FIELDS = new Set([...Object.keys(TEXTS), 'level', 'pid', 'extra']);

const SEARCH_BYTES = 256 * 1024;
const ENTRY_BYTES = 512 * 1024;
const EXTRA_DEPTH = 12;
const DAY = 24 * 60 * 60 * 1000;
/** Between writing an entry and judging it. */
const TOLERANCE_MS = 10 * 60 * 1000;
/** The server's frame matching is quadratic in the length of a line. */
const STACK_LINE = 2_000;

/** Every rule an entry breaks, in words; none when the server would store it as it is. */
export function entryViolations(entry: unknown, now: number = Date.now()): string[] {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return ['the entry is no object'];
  const fields = entry as Record<string, unknown>;
  const violations = Object.keys(fields)
    .filter((key) => !FIELDS.has(key))
    .map((key) => `unknown field ${JSON.stringify(key)}`);
  if (!LEVELS.has(fields['level'] as string)) violations.push(`level is ${show(fields['level'])}`);
  for (const [name, rule] of Object.entries(TEXTS))
    violations.push(...textViolations(name, fields[name], rule));
  violations.push(...pidViolations(fields['pid']));
  violations.push(...timestampViolations(fields['timestamp'], now));
  violations.push(...stackViolations(fields['stack_trace']));
  violations.push(...extraViolations(fields));
  violations.push(...sizeViolations(fields));
  return violations;
}

/** Whether the sender itself wrote the entry, to say what it dropped; the app's ledger does not count it. */
export function isOwnReport({ id }: { id: string }): boolean {
  return /-s\d+$/.test(id);
}

function textViolations(name: string, value: unknown, rule: TextRule): string[] {
  if (value === undefined) return rule.required ? [`${name} is missing`] : [];
  if (typeof value !== 'string') return [`${name} is ${show(value)}, not a string`];
  const violations = characterViolations(name, value);
  if (value === '' && !rule.mayBeEmpty) violations.push(`${name} is empty`);
  if (value.length > rule.limit && Array.from(value).length > rule.limit) {
    violations.push(`${name} has more than ${rule.limit} characters`);
  }
  if (name === 'id' && value !== '' && !/^[\w.:-]+-s?\d+$/.test(value))
    violations.push(`id is ${show(value)}`);
  return violations;
}

function characterViolations(where: string, text: string): string[] {
  const violations: string[] = [];
  if (text.includes('\0')) violations.push(`${where} has U+0000`);
  if (!text.isWellFormed()) violations.push(`${where} has a lone surrogate`);
  return violations;
}

function pidViolations(pid: unknown): string[] {
  const isInt32 = Number.isInteger(pid) && (pid as number) >= -(2 ** 31) && (pid as number) < 2 ** 31;
  return isInt32 ? [] : [`pid is ${show(pid)}`];
}

function timestampViolations(timestamp: unknown, now: number): string[] {
  if (typeof timestamp !== 'string') return [];
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(timestamp)) return [`timestamp is ${show(timestamp)}`];
  const ms = Date.parse(timestamp);
  // An impossible day is not refused by every parser: it becomes another day.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 23) !== timestamp.slice(0, 23)) {
    return [`timestamp ${timestamp} is no time`];
  }
  if (ms < now - 31 * DAY - TOLERANCE_MS) return [`timestamp ${timestamp} is more than 31 days old`];
  if (ms > now + DAY + TOLERANCE_MS) return [`timestamp ${timestamp} is more than a day ahead`];
  return [];
}

function stackViolations(stack: unknown): string[] {
  if (typeof stack !== 'string') return [];
  const longest = stack.split('\n').reduce((most, line) => Math.max(most, line.length), 0);
  return longest > STACK_LINE ? [`stack_trace has a line of ${longest} characters`] : [];
}

function extraViolations(fields: Record<string, unknown>): string[] {
  if (!('extra' in fields)) return [];
  const { extra } = fields;
  if (typeof extra !== 'object' || extra === null || Array.isArray(extra)) return [`extra is ${show(extra)}`];
  const violations: string[] = [];
  visit(extra, 'extra', 1, violations);
  return violations;
}

function visit(value: unknown, path: string, depth: number, violations: string[]): void {
  // One fault is as fatal as a hundred; a list of all of them helps nobody.
  if (violations.length >= 10) return;
  if (typeof value === 'string') violations.push(...characterViolations(path, value));
  else if (typeof value === 'number') {
    if (!Number.isFinite(value)) violations.push(`${path} is ${value}`);
  } else if (typeof value === 'object' && value !== null) {
    if (depth > EXTRA_DEPTH) {
      violations.push(`${path} is deeper than ${EXTRA_DEPTH} levels`);
      return;
    }
    for (const [key, item] of Object.entries(value)) {
      if (!Array.isArray(value)) violations.push(...characterViolations(`a key of ${path}`, key));
      visit(item, `${path}.${key.slice(0, 40)}`, depth + 1, violations);
    }
  }
}

function sizeViolations(fields: Record<string, unknown>): string[] {
  const violations: string[] = [];
  const searched = ['message', 'error_message'].map((name) => fields[name]);
  const bytes = searched.reduce<number>(
    (sum, text) => sum + (typeof text === 'string' ? Buffer.byteLength(text) : 0),
    0,
  );
  if (bytes > SEARCH_BYTES) violations.push(`message and error_message have ${bytes} bytes`);
  const size = Buffer.byteLength(JSON.stringify(fields));
  if (size > ENTRY_BYTES) violations.push(`the entry has ${size} bytes`);
  return violations;
}

function show(value: unknown): string {
  return value === undefined ? 'missing' : (JSON.stringify(value) ?? typeof value).slice(0, 80);
}
