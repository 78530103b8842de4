import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProgram } from '../kit/child.ts';
import { type CollectorProcess, startCollectorProcess } from '../kit/collector-process.ts';
import { makeTempDirectory } from '../kit/temp.ts';
import { exampleLogs } from './example-logs.ts';
import { readReadmeBlocks } from './readme-blocks.ts';

const folder = fileURLToPath(new URL('./', import.meta.url));
const root = fileURLToPath(new URL('../../', import.meta.url));
// Inside node_modules, where code without a file of its own finds the packages and no tool looks.
const scratch = fileURLToPath(new URL('../node_modules/.readme/', import.meta.url));

const blocks = readReadmeBlocks();

let collector: CollectorProcess;
beforeAll(async () => {
  collector = await startCollectorProcess();
});

/** Runs a program as a reader would who has set these variables; gives what the collector then holds of it. */
async function run(file: string): Promise<Awaited<ReturnType<CollectorProcess['logs']>>> {
  const program = startProgram(file, {
    // One of them starts a collector, which beside other work takes its time.
    limit: 50_000,
    env: {
      TRACEHUB_ENDPOINT: collector.url,
      TRACEHUB_API_KEY: collector.apiKey,
      TRACEHUB_SERVICE: 'readme',
      TRACEHUB_ENVIRONMENT: 'test',
      HOME: makeTempDirectory('readme'),
    },
  });
  const { code, stderr } = await program.ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return (await collector.logs()).filter((log) => log.pid === program.pid);
}

describe('set-ups', () => {
  const setUps = ['pino', 'winston', 'bunyan', 'logger'].flatMap((logger) => [
    { logger, file: `${logger}.mjs` },
    { logger, file: `${logger}.cjs` },
  ]);

  it.each([...setUps, { logger: 'mylogger', file: 'core-sender.mjs' }])(
    '$file delivers',
    async ({ logger, file }) => {
      expect(await run(folder + file)).toEqual(exampleLogs(logger));
    },
  );
});

describe('trace.mjs', () => {
  it('puts the trace id on what is logged inside, and on nothing else', async () => {
    const logs = await run(`${folder}trace.mjs`);
    expect(logs.map(({ message, trace_id }) => [message, trace_id])).toEqual([
      ['order placed', 'order-17'],
      ['mail sent', 'order-17'],
      ['idle', null],
    ]);
  });
});

describe('lambda.mjs', () => {
  it('has sent what it logged when it answers', async () => {
    const program = startProgram(`${folder}programs/invoke.mjs`, {
      args: [`${folder}lambda.mjs`, '{"order":17}'],
      env: { TRACEHUB_ENDPOINT: collector.url, TRACEHUB_API_KEY: collector.apiKey },
    });
    expect(await program.ended).toMatchObject({
      signal: 'SIGKILL',
      stdout: '{"statusCode":200}',
      stderr: '',
    });
    const logs = (await collector.logs()).filter((log) => log.pid === program.pid);
    expect(logs.map(({ message, extra }) => [message, extra])).toEqual([['order placed', { order: 17 }]]);
  });
});

describe('code in a README or a page of docs/', () => {
  const named = blocks.filter(({ file }) => file !== undefined);
  const unnamed = blocks.filter(({ file }) => file === undefined);

  it.each(named)('$where is $file', ({ file, code }) => {
    expect(code.trimEnd()).toBe(readFileSync(`${root}${file}`, 'utf8').trimEnd());
  });

  it.each(unnamed)('$where runs as it stands', async ({ where, language, code }) => {
    // Node 20 runs no TypeScript; a file is at least checked by tsc.
    expect(language, 'TypeScript in a README must name its file').not.toMatch(/^[cm]?ts|^typ/);
    const extension = code.includes('require(') ? 'cjs' : 'mjs';
    const file = `${scratch}${where.replaceAll(/\W+/g, '-')}.${extension}`;
    mkdirSync(scratch, { recursive: true });
    // A README names the usual address of a collector, which here may be another program's.
    writeFileSync(file, code.replaceAll('http://127.0.0.1:4319', collector.url));
    // What logs is to arrive.
    expect((await run(file)).length > 0).toBe(/\blogger\b/.test(code));
  });

  afterAll(() => rmSync(scratch, { recursive: true, force: true }));
});
