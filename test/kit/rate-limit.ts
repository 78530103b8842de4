import type { Entry, Receipt, Stats } from '@tracehub/core-sender';
import { vi } from 'vitest';

/** The option {@link LIMITED} is counted with. */
export const RATE_LIMIT = 3;

/** What {@link logFlood} comes to: the first three of each level, and one notice and one warning of the rest. */
export const LIMITED = {
  warned: ['TRACEHUB_DROPPED'],
  receipt: { delivered: 6, deadLettered: 0, dropped: 14 },
  drops: { 'rate-limit': 14 },
  told: ['TraceHub sender dropped 14 entries (rate-limit 14)'],
  logged: ['error 1', 'error 2', 'error 3', 'info 1', 'info 2', 'info 3'],
};

/** Logs ten entries each of INFO and ERROR at one moment of the sender's clock, and tells what became of them. */
export async function logFlood(
  log: (level: 'info' | 'error', message: string) => void,
  adapter: { flush(): Promise<Receipt>; stats(): Stats },
  entries: () => readonly Entry[],
): Promise<Partial<typeof LIMITED>> {
  const warned = atOneMoment(() => {
    for (let n = 1; n <= 10; n++) {
      log('info', `info ${n}`);
      log('error', `error ${n}`);
    }
  });
  const receipt = await adapter.flush();
  const drops = Object.entries(adapter.stats().drops).filter(([, count]) => count > 0);
  const messages = (isTold: boolean): string[] =>
    entries()
      .filter(({ module }) => (module === 'tracehub') === isTold)
      .map(({ message }) => message);
  return {
    warned,
    receipt,
    drops: Object.fromEntries(drops) as typeof LIMITED.drops,
    told: messages(true),
    logged: messages(false).toSorted((a, b) => (a < b ? -1 : 1)),
  };
}

/** Codes of the warnings meanwhile. */
function atOneMoment(work: () => void): string[] {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now());
  const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  try {
    work();
    return warnings.mock.calls.map(([warning]) => (warning as Error & { code: string }).code);
  } finally {
    clock.mockRestore();
    warnings.mockRestore();
  }
}
