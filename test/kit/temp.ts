import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterTest } from './after-test.ts';

/** A new empty directory, in the system's place for such or the one given; it is removed when the test ends. */
export function makeTempDirectory(purpose: string, parent: string = tmpdir()): string {
  const path = mkdtempSync(join(parent, `tracehub-test-${purpose}-`));
  afterTest(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
