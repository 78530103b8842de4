import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** Writes `{ passed, failed, skipped }` to the file named by `TRACEHUB_TEST_COUNTS`; prints nothing. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const path = process.env['TRACEHUB_TEST_COUNTS'];
    if (path === undefined || path === '') return;
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      let ran = false;
      for (const test of module.children.allTests()) {
        ran = true;
        const { state } = test.result();
        if (state === 'passed') counts.passed++;
        else if (state === 'failed') counts.failed++;
        else counts.skipped++;
      }
      // A file that could not even be loaded has no tests to fail.
      if (!ran && !module.ok()) counts.failed++;
    }
    writeFileSync(path, `${JSON.stringify(counts)}\n`);
  }
}
