import { crc32 } from 'node:zlib';
import type { Entry } from '@tracehub/core-sender';

/** An entry as `programs/numbered.mjs` logs it, ready for a segment. */
export function numberedEntry(life: string, n: number): Entry {
  const text = `${life} ${n} ${'é'.repeat(n * 5)}`;
  return {
    id: `${life}-${n}`,
    level: 'INFO',
    message: `${text} ${crc32(text).toString(16).padStart(8, '0')}`,
    timestamp: new Date().toISOString().replace('Z', '000Z'),
    service: 'crash',
    environment: 'test',
    host: 'h',
    pid: 1,
    thread_id: 'main',
    sdk_version: 'crash-test/1.0.0',
  };
}
