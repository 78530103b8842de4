/** How long a file that takes nothing for now is left alone, and how often in a row: a second in all. */
export const PAUSE_MS = 100;
export const MAX_PAUSES = 10;

/** Whether a file takes nothing for now, and may soon. */
export function isBusy(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EAGAIN' || code === 'EBUSY';
}
