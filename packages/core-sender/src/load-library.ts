import { createRequire } from 'node:module';
import { callingFile } from './calling-file.ts';

/**
 * A library that is loaded when it is needed. `load` is the `import()` of it, spelt out for bundlers to find. What that
 * once failed to load, for want of descriptors say, it never loads again in the life of the process (Node 20 always,
 * later ones sometimes): `require` does, and is asked next. Rejects with the error of `load`.
 */
export async function loadLibrary<Library>(name: string, load: () => Promise<Library>): Promise<Library> {
  try {
    return await load();
  } catch (error) {
    try {
      return createRequire(callingFile())(name) as Library;
    } catch {
      // In a bundle it may not be there by itself, and what is wrong is what `load` met.
      throw error;
    }
  }
}
