import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runProgram } from '../kit/child.ts';
import { makeTempDirectory } from '../kit/temp.ts';

const program = fileURLToPath(new URL('./programs/loaded.mjs', import.meta.url));

/** What winston's own transport class brings along, which every app with winston has loaded anyway. */
const WINSTON = ['inherits', 'readable-stream', 'triple-beam', 'util-deprecate', 'winston-transport'];

const cases = ['core-sender', 'pino', 'winston', 'bunyan', 'logger', 'middleware/express'].flatMap((name) => [
  { name, format: 'esm' },
  { name, format: 'cjs' },
]);

it.each(cases)('loading a package loads no library: $name, $format', async ({ name, format }) => {
  const end = await runProgram(program, {
    args: [`@tracehub/${name}`, format],
    env: { TRACEHUB_DLQ_PATH: makeTempDirectory('dlq') },
  });
  expect(end).toMatchObject({ code: 0, stderr: '' });
  const { onLoad, onStart } = JSON.parse(end.stdout) as { onLoad: string[]; onStart: string[] };
  const expected = name === 'winston' ? WINSTON : [];
  expect(onLoad.toSorted()).toEqual(expected);
  // Before anything has to go to the disk; HTTP code comes with the first request.
  expect(onStart.toSorted()).toEqual([...expected, 'atomic-sleep', 'sonic-boom'].toSorted());
});
