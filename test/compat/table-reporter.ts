import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Prints a table of all rows, and last the line `N passed, N failed`. */
export default class TableReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const rows = tests.map((test) => [test.parent.type === 'suite' ? test.parent.name : '', ...rowOf(test)]);
    const widths = [0, 1].map((column) => Math.max(4, ...rows.map((row) => row[column]?.length ?? 0)));
    const say = (cells: readonly string[]): void =>
      console.log(`| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 7)).join(' | ')} |`);
    const sorted = rows.toSorted((a, b) => String(a[0]).localeCompare(String(b[0])));
    console.log();
    say(['what', 'row', 'result', 'seconds']);
    say(widths.map((width) => '-'.repeat(width)).concat('-------', '-------'));
    for (const row of sorted) say(row);
    const passed = tests.filter((test) => test.result().state === 'passed').length;
    // A file that could not even be loaded has no tests to fail.
    const broken = modules.filter((module) => !module.ok() && [...module.children.allTests()].length === 0);
    console.log(`\n${passed} passed, ${tests.length - passed + broken.length} failed`);
  }
}

function rowOf(test: TestCase): string[] {
  const { state } = test.result();
  return [test.name, state === 'passed' ? 'passed' : 'FAILED', seconds(test)];
}

function seconds(test: TestCase): string {
  return ((test.diagnostic()?.duration ?? 0) / 1000).toFixed(1).padStart(7);
}
