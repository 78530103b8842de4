import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CollectorConfigError } from '../config-error.ts';
import { makeKey, type KeyStore } from './key-store.ts';

/** The key senders may use, and where it comes from. */
export interface DevelopmentKey {
  value: string;
  source: 'given' | 'kept' | 'generated';
}

const fileName = 'development-key';

/**
 * The key given, else the one kept in the data directory, else a new one that is kept there. Without a data
 * directory (`undefined`) there is only a given one.
 */
export async function findDevelopmentKey(
  given: string | undefined,
  dataDir: string | undefined,
): Promise<DevelopmentKey | undefined> {
  if (given !== undefined) return { value: given, source: 'given' };
  if (dataDir === undefined) return undefined;
  if (dataDir === 'memory') return { value: makeKey('ingest'), source: 'generated' };

  const file = join(dataDir, fileName);
  try {
    const value = (await readFile(file, 'utf8')).trim();
    if (/^[\x21-\x7e]{1,256}$/.test(value)) return { value, source: 'kept' };
    throw new CollectorConfigError(`${file} holds no usable key; delete it to get a new one`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return await makeDevelopmentKey(file, 'wx');
}

/**
 * Lets senders use the key and gives the one they may use: in the place of a kept one that was revoked there is a new
 * one. One that was given and revoked is refused, since whoever gave it must know.
 */
export async function admitDevelopmentKey(
  keys: KeyStore,
  key: DevelopmentKey,
  dataDir: string | undefined,
): Promise<DevelopmentKey> {
  if (await keys.setDevelopmentKey(key.value)) return key;
  if (key.source === 'given' || dataDir === undefined) {
    throw new CollectorConfigError(
      'the development key (option developmentKey or TRACEHUB_DEV_KEY) was revoked; choose another one or none',
    );
  }
  const made = await makeDevelopmentKey(join(dataDir, fileName), 'w');
  await keys.setDevelopmentKey(made.value);
  return made;
}

async function makeDevelopmentKey(file: string, flag: 'wx' | 'w'): Promise<DevelopmentKey> {
  const value = makeKey('ingest');
  await writeFile(file, `${value}\n`, { mode: 0o600, flag });
  return { value, source: 'generated' };
}
