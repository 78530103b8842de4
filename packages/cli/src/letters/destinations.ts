import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isDestinationName } from '@tracehub/core-sender/dead-letters';
import { CliError } from '../cli-error.ts';

/** The directory of one endpoint and key. */
export interface Destination {
  /** Hash of endpoint and key. */
  name: string;
  path: string;
}

/** The destinations below a dead-letter directory, by name; none where the directory is not there. */
export async function listDestinations(dlqPath: string): Promise<Destination[]> {
  const names = await namesIn(dlqPath);
  return names
    .filter((name) => isDestinationName(name))
    .toSorted()
    .map((name) => ({ name, path: join(dlqPath, name) }));
}

/** Names in a directory; none where it is not there. Rejects when it cannot be read. */
export async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * The destinations a flag asks for: `all`, `others` than the configured one, or those whose name begins so.
 *
 * @throws CliError where none or several do.
 */
export function chooseDestinations(
  all: readonly Destination[],
  asked: string,
  own: string | undefined,
): Destination[] {
  if (asked === 'all') return [...all];
  if (asked === 'others') return all.filter(({ name }) => name !== own);
  const found = all.filter(({ name }) => name.startsWith(asked));
  const [first, second] = found;
  if (first && !second) return [first];
  const known = all.map(({ name }) => name).join(', ') || 'none';
  throw new CliError(
    `destination ${asked}: ${second ? 'several begin so' : 'there is none'}; there are: ${known}. See tracehub dlq ls`,
  );
}
