import { readFileSync, writeFileSync } from 'node:fs';

/** Set to have the tests that compare a table with what it is made of write it instead. */
export const isWriting = process.env['TRACEHUB_WRITE_TABLE'] === '1';

/** The rows of the table of a file whose head is `head`, as cells; the head itself is the first. */
export function readTable(file: string | URL, head: readonly string[]): string[][] {
  const table = tableOf(readFileSync(file, 'utf8'), head);
  const [first, , ...rows] = table.trimEnd().split('\n').map(cellsOf);
  return [first ?? [], ...rows];
}

/** Puts `rows`, the head first, in the place of the table with that head. The formatter makes the columns. */
export function writeTable(file: string | URL, rows: readonly (readonly string[])[]): void {
  const [head = [], ...others] = rows;
  const text = readFileSync(file, 'utf8');
  const lines = [head, head.map(() => '---'), ...others].map((cells) => `| ${cells.join(' | ')} |\n`);
  writeFileSync(
    file,
    text.replace(tableOf(text, head), () => lines.join('')),
  );
}

function tableOf(text: string, head: readonly string[]): string {
  const tables = text.match(/^(?:\|.*\n)+/gm) ?? [];
  const found = tables.find((table) => cellsOf(table.split('\n', 1)[0] ?? '').join('|') === head.join('|'));
  if (found === undefined) throw new Error(`there is no table with the head ${head.join(', ')}`);
  return found;
}

function cellsOf(line: string): string[] {
  return line.split(/ *(?<!\\)\| */).slice(1, -1);
}
