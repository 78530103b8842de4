import { randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CollectorConfigError } from './config-error.ts';

/** A data directory that this collector alone uses until it is released. */
export interface DataDirectory {
  databaseDir: string;
  release(): Promise<void>;
}

/**
 * Who holds a lock is in its name, so that a lock is there with its owner or not at all. The start of the
 * process is part of it, because a process id alone may since have gone to another program.
 */
const lockName = /^collector-(\d+)-(\w*)-\w+\.lock$/;

/** Looks at a directory in use before giving up: collectors that start at the same moment give way to each other. */
const attempts = 5;

/**
 * Makes the directory if needed and takes its lock: two processes on one embedded database would destroy it.
 * Everybody puts down a lock of their own and then looks for others: of two, the later one sees the earlier,
 * so never do both go on. Names are used once, hence the lock of a process that ended can be removed by
 * anybody at any time. Processes of other machines or containers are not seen.
 */
export async function openDataDirectory(path: string): Promise<DataDirectory> {
  const started = await startOf(process.pid);
  for (let attempt = 1; ; attempt += 1) {
    const name = `collector-${process.pid}-${started}-${randomBytes(8).toString('hex')}.lock`;
    const release = (): Promise<void> => rm(join(path, name), { force: true });
    let other: number | undefined;
    try {
      await mkdir(path, { recursive: true, mode: 0o700 });
      await writeFile(join(path, name), '', { mode: 0o600 });
      other = await findOtherOwner(path, name);
    } catch (error) {
      await release().catch(() => {});
      throw new CollectorConfigError(
        `the data directory ${path} cannot be used: ${(error as Error).message}`,
        {
          cause: error,
        },
      );
    }
    if (other === undefined) return { databaseDir: join(path, 'pgdata'), release };
    await release();
    if (attempt === attempts) {
      throw new CollectorConfigError(
        `the data directory ${path} is in use by another collector (process ${other}); stop it or choose another directory`,
      );
    }
    await setTimeout(Math.random() * 50);
  }
}

/** The process that holds another lock. Locks of processes that ended are removed. */
async function findOtherOwner(path: string, mine: string): Promise<number | undefined> {
  for (const name of await readdir(path)) {
    const match = lockName.exec(name);
    if (match === null || name === mine) continue;
    const pid = Number(match[1]);
    if (await isRunning(pid, match[2] as string)) return pid;
    await rm(join(path, name), { force: true });
  }
  return undefined;
}

async function isRunning(pid: number, started: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, as somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return (await startOf(pid)) === started;
}

/** When a process started, in the system's own unit. Empty where the system does not tell; then the id decides. */
async function startOf(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // Fields are counted after the program's name, which stands in parentheses and may hold spaces.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
