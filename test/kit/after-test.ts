/** Ends something that a test began. */
export type CleanUp = () => void | Promise<void>;

const cleanUps: CleanUp[] = [];

/**
 * Registers what is to be ended when the current test, or the file if called outside of one, is over. Kit parts
 * register themselves, so that a failing test leaves nothing behind.
 */
export function afterTest(cleanUp: CleanUp): void {
  cleanUps.push(cleanUp);
}

/** Number of clean-ups registered, to be given to {@link cleanUpTo}. */
export function cleanUpMark(): number {
  return cleanUps.length;
}

/** Runs the clean-ups registered since `mark`, the last first; gives what they threw. */
export async function cleanUpTo(mark: number): Promise<unknown[]> {
  const errors: unknown[] = [];
  while (cleanUps.length > mark) {
    try {
      await cleanUps.pop()?.();
    } catch (error) {
      errors.push(error);
    }
  }
  return errors;
}
