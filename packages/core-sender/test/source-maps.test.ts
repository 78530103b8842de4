import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { runProgram } from '../../../test/kit/child.ts';
import { stackToServerText } from '../src/entry/stack-trace.ts';
import { countedFrames } from '../src/entry/issue-key.ts';
import { ingestServer, temporaryDirectory } from './support.ts';

/** Types that leave nothing behind, so that lines of source and of output differ. */
const SOURCE = `
interface Order {
  id: number;
}

export function failAt(order: Order): never {
  throw new TypeError('no stock for ' + order.id);
}

const { callerStack, createSender } = await import(process.env['CORE_SENDER']!);

export function whereAmI(): string {
  return callerStack();
}

const sender = createSender(
  { apiKey: 'th_test', service: 'shop', environment: 'test' },
  { sdkVersion: 'test/1.0.0' },
);
try {
  failAt({ id: 17 });
} catch (error) {
  sender.send({ level: 'ERROR', message: 'error', error });
}
sender.send({ level: 'ERROR', message: 'call', fields: { stack_trace: whereAmI() } });
await sender.close();
`;

let program = '';
beforeAll(() => {
  // Not a directory of one test: the program is the same for all.
  const directory = fs.mkdtempSync(join(process.env['TRACEHUB_DLQ_PATH']!, '..', 'source-maps-'));
  fs.mkdirSync(join(directory, 'src'));
  fs.writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
  fs.writeFileSync(join(directory, 'src/orders.ts'), SOURCE);
  const compiler = join(fileURLToPath(new URL('../../../node_modules/.bin', import.meta.url)), 'tsc');
  const flags = [
    '--noCheck',
    '--sourceMap',
    '--target',
    'es2022',
    '--module',
    'nodenext',
    '--outDir',
    'dist',
  ];
  execFileSync(compiler, [...flags, '--rootDir', 'src', 'src/orders.ts'], { cwd: directory });
  program = join(directory, 'dist/orders.js');
  return () => fs.rmSync(directory, { recursive: true });
}, 60_000);

/** The stacks of the program's two entries. */
async function stacksOf(nodeArgs: readonly string[]): Promise<string[]> {
  const server = await ingestServer();
  const env = {
    TRACEHUB_ENDPOINT: server.url,
    TRACEHUB_DLQ_PATH: temporaryDirectory(),
    CORE_SENDER: new URL('../dist/esm/index.js', import.meta.url).href,
  };
  const { code, stderr } = await runProgram(program, { nodeArgs, env });
  expect([code, stderr]).toEqual([0, '']);
  return ['error', 'call'].map((text) => server.stored.find(({ message }) => message === text)!.stack_trace!);
}

it.each<[how: string, nodeArgs: string[]]>([
  ['--enable-source-maps', ['--enable-source-maps']],
  ['process.setSourceMapsEnabled', ['--import', 'data:text/javascript,process.setSourceMapsEnabled(true)']],
])('with %s the frames of errors and of callerStack are those of the source', async (_how, nodeArgs) => {
  const [error, call] = await stacksOf(nodeArgs);
  expect(error).toMatch(/^TypeError: no stock for 17\n {4}at failAt \(.*\/src\/orders\.ts:7\) \[7:9\]\n/);
  expect(call).toMatch(/^ {4}at whereAmI \(.*\/src\/orders\.ts:13\) \[13:\d+\]\n/);
});

it('without it they are those of the program that runs', async () => {
  const [error, call] = await stacksOf([]);
  expect(error).toMatch(/\n {4}at failAt \(.*\/dist\/orders\.js:\d+\) /);
  expect(call).toMatch(/^ {4}at whereAmI \(.*\/dist\/orders\.js:\d+\) /);
});

it('keeps the lines that older versions of Node add, which are no frames to the server', () => {
  const { text } = stackToServerText(
    'E: m\n    at f (/app/dist/a.js:10:5)\n        -> /app/src/a.ts:4:9\n    at g (/app/dist/a.js:1:1)',
  );
  expect(text).toContain('\n        -> /app/src/a.ts:4:9\n');
  expect(countedFrames(text)).toEqual(['f /app/dist/a.js', 'g /app/dist/a.js']);
});
