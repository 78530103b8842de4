import fs from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startProgram } from '../../../test/kit/child.ts';
import { compileCoreSender } from '../../../test/kit/compiled-sources.ts';
import { temporaryDirectory } from './support.ts';

it('makes directories by a relative path, however short', async () => {
  const path = temporaryDirectory();
  const [module = ''] = compileCoreSender(['dead-letters/durable-names']);
  // A process of its own: the working directory is the process's, and a walk that does not end takes all its memory.
  const child = startProgram(fileURLToPath(new URL('./programs/relative-directory.mjs', import.meta.url)), {
    args: [module, path],
    nodeArgs: ['--max-old-space-size=64'],
  });
  expect(await child.ended).toMatchObject({ code: 0, stdout: 'made\n' });
  for (const made of ['a', 'b', 'c/d', 'e/f']) {
    expect(fs.statSync(join(path, made)).mode & 0o777, made).toBe(0o700);
  }
});

// A process of its own here too: with `recursive`, Node 20 to 24 never come back.
it.skipIf(process.platform !== 'linux')('ends where a directory takes no other in it', async () => {
  const [module = ''] = compileCoreSender(['dead-letters/durable-names']);
  const child = startProgram(fileURLToPath(new URL('./programs/barred-directory.mjs', import.meta.url)), {
    args: [module],
    limit: 10_000,
  });
  expect(await child.ended).toMatchObject({ code: 0, stdout: 'ENOENT ENOENT\n' });
});
