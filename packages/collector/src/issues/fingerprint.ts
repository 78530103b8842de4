import { createHash } from 'node:crypto';
import type { Level } from '@tracehub/core-sender';
import { isErrorLevel } from '../store/log-row.ts';
import { topFrames } from './frames.ts';
import { normaliseMessage } from './normalise-message.ts';

/** What of an entry decides to which issue it belongs. */
export interface FingerprintInput {
  level: Level;
  message: string;
  error_type?: string | null | undefined;
  stack_trace?: string | null | undefined;
}

/**
 * The issue an entry belongs to, as the SHA-256 of what its kind of error has in common: the type and top five
 * frames, else the type and message, else the message. `undefined` below ERROR, which makes no issue.
 */
export function toFingerprint(entry: FingerprintInput): string | undefined {
  if (!isErrorLevel(entry.level)) return undefined;
  const type = entry.error_type ?? '';
  const frames = entry.stack_trace ? topFrames(entry.stack_trace, 5) : [];
  // A stack without a frame says as little as none: by type alone, unrelated errors would become one issue.
  const parts =
    frames.length > 0
      ? ['frames', type, ...frames.flatMap((frame) => [frame.function, frame.file])]
      : ['message', type, normaliseMessage(entry.message)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
