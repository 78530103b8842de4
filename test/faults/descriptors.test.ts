import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runProgram } from '../kit/child.ts';
import { startFaultServer } from '../kit/fault-server.ts';
import { makeTempDirectory } from '../kit/temp.ts';

const PROGRAM = fileURLToPath(new URL('programs/out-of-descriptors.mjs', import.meta.url));

/** Few enough to be used up in a moment. Node itself raises the soft limit to the hard one. */
const WITH_FEW = ['-c', 'ulimit -n 100 && exec "$0" "$@"', process.execPath];

test.each(['esm', 'cjs'])(
  'no descriptors left to load the libraries with (%s): once there are, everything is sent',
  async (format) => {
    const server = await startFaultServer();
    const { stdout, stderr, code } = await runProgram(PROGRAM, {
      runtime: '/bin/sh',
      nodeArgs: WITH_FEW,
      args: [format, server.url, makeTempDirectory('dlq')],
      limit: 40_000,
    });
    expect(stderr).toMatch(/EMFILE: .*undici/);
    const counts = /^counts (.*)$/m.exec(stdout)?.[1] ?? '[]';
    expect(JSON.parse(counts)).toMatchObject([
      { accepted: 10, delivered: 0, deadLettered: 0, dropped: 0, pending: 10 },
      { accepted: 20, delivered: 20, deadLettered: 0, dropped: 0, pending: 0 },
    ]);
    expect([server.stored().length, server.ids.size, code]).toEqual([20, 20, 0]);
  },
);
