import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CollectorProcess, startCollectorProcess } from '../../kit/collector-process.ts';
import { adapters } from './adapters.ts';
import { caseName } from './case.ts';
import { describeAdapter } from './describe-adapter.ts';
import { differences, differencesToMarkdown } from './differences.ts';
import { grid } from './grid.ts';

let collector: CollectorProcess;
beforeAll(async () => {
  collector = await startCollectorProcess();
}, 60_000);

describe.each(adapters)('$name', (adapter) => {
  describeAdapter(adapter, () => collector);
});

describe('the differences', () => {
  it('name cases of the grid', () => {
    const names = new Set(grid.map(caseName));
    const named = differences.flatMap(({ cases }) => Object.keys(cases));
    expect(named.filter((name) => !names.has(name))).toEqual([]);
    expect(names.size).toBe(grid.length);
  });

  it('are those of the README', () => {
    const page = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
    // The formatter aligns the columns of a table.
    const lines = page.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' '));
    const rows = differencesToMarkdown().split('\n').slice(2);
    expect(rows.filter((row) => !lines.includes(row))).toEqual([]);
  });
});
