import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Prints a table of all rows, one of what they belong to, and last the line `N passed, N failed`. */
export default class TableReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const groups = [...new Set(tests.map(groupOf))].toSorted((a, b) => a.localeCompare(b));
    const sorted = groups.map((group) => [group, tests.filter((test) => groupOf(test) === group)] as const);
    sayTable(
      ['what', 'row', 'result', 'seconds'],
      sorted.flatMap(([group, rows]) =>
        rows.map((test) => [group, test.name, hasPassed(test) ? 'passed' : 'FAILED', seconds([test])]),
      ),
    );
    sayTable(
      ['what', 'rows', 'passed', 'failed', 'seconds'],
      sorted.map(([group, rows]) => {
        const passed = rows.filter(hasPassed).length;
        return [group, String(rows.length), String(passed), String(rows.length - passed), seconds(rows)];
      }),
    );
    const passed = tests.filter(hasPassed).length;
    // A file that could not even be loaded has no tests to fail.
    const broken = modules.filter((module) => !module.ok() && [...module.children.allTests()].length === 0);
    console.log(`\n${passed} passed, ${tests.length - passed + broken.length} failed`);
  }
}

function sayTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  console.log();
  for (const row of [head, widths.map((width) => '-'.repeat(width)), ...rows]) {
    console.log(`| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  }
}

function groupOf(test: TestCase): string {
  return test.parent.type === 'suite' ? test.parent.name : '';
}

function hasPassed(test: TestCase): boolean {
  return test.result().state === 'passed';
}

function seconds(tests: readonly TestCase[]): string {
  const ms = tests.reduce((sum, test) => sum + (test.diagnostic()?.duration ?? 0), 0);
  return (ms / 1000).toFixed(1);
}
