import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterTest } from './after-test.ts';

/** A new empty directory; it is removed when the test ends. */
export function makeTempDirectory(purpose: string): string {
  const path = mkdtempSync(join(tmpdir(), `tracehub-test-${purpose}-`));
  afterTest(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
