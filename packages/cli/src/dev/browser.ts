import type { Terminal } from '../terminal/terminal.ts';

/** Opens the address where there is a browser; where there is none, the address has been said and nothing is lost. */
export async function openBrowser(url: string, terminal: Terminal): Promise<void> {
  try {
    const { default: open } = await import('open');
    const child = await open(url);
    child.on('error', (error) => note(error, terminal));
  } catch (error) {
    note(error, terminal);
  }
}

function note(error: unknown, terminal: Terminal): void {
  const text = error instanceof Error ? error.message : String(error);
  terminal.note(terminal.noteColours.dim(`no browser could be opened (${text})`));
}
