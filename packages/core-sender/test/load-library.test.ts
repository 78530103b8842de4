import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { loadLibrary } from '../src/load-library.ts';

const fault = new Error('EMFILE');

describe('a library', () => {
  it('is what `load` gives', async () => {
    const given = {};
    expect(await loadLibrary('undici', () => Promise.resolve(given))).toBe(given);
  });

  it.each(['undici', 'sonic-boom'])('that `load` fails to load is required: %s', async (name) => {
    expect(await loadLibrary(name, () => Promise.reject(fault))).toBe(createRequire(import.meta.url)(name));
  });

  it('that cannot be required either is missing for the reason `load` had', async () => {
    await expect(loadLibrary('tracehub-no-such-library', () => Promise.reject(fault))).rejects.toBe(fault);
  });
});
