import type { Entry } from '@tracehub/core-sender';

/** What the real server normalises away, in its order (contract.md 5). */
const VARIABLE: readonly RegExp[] = [
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g,
  /\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}/g,
  /0x[0-9a-fA-F]+/g,
  /\d+/g,
];

/** What of an entry the rule looks at. */
type Issued = Pick<Entry, 'level' | 'message'> & {
  error_type?: string | null | undefined;
  stack_trace?: string | null | undefined;
};

/**
 * The text whose hash is the real server's issue for an entry; undefined below ERROR. Written from contract.md 5
 * alone: it shares nothing with the sender's `issueKey` and the collector's fingerprint, which are checked against it.
 */
export function toServerIssue(entry: Issued): string | undefined {
  if (entry.level !== 'ERROR' && entry.level !== 'FATAL') return undefined;
  const type = entry.error_type ?? '';
  if (entry.stack_trace) return JSON.stringify([type, ...frames(entry.stack_trace)]);
  return JSON.stringify(type === '' ? [normalise(entry.message)] : [type, normalise(entry.message)]);
}

function frames(stack: string): string[] {
  const found: string[] = [];
  for (const line of stack.split('\n')) {
    const match =
      /^at (.+)\((.+):\d+\)/.exec(line.trim()) ?? /^File "(.+)", line \d+, in (.+)/.exec(line.trim());
    if (match) found.push(`${match[1]} ${match[2]}`);
    if (found.length === 5) break;
  }
  return found;
}

function normalise(message: string): string {
  return VARIABLE.reduce((text, pattern) => text.replace(pattern, '?'), message).trim();
}
