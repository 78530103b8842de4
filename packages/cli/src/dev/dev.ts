import type { Collector, CollectorOptions, createCollector } from '@tracehub/collector';
import { CliError, EXIT } from '../cli-error.ts';
import { type TailFlags, tail } from '../tail/tail.ts';
import { onInterrupt } from '../terminal/interrupt.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { openBrowser } from './browser.ts';

export interface DevFlags extends TailFlags {
  port?: number;
  dataDir?: string;
  /** Undefined: if somebody sits before the terminal. */
  open?: boolean;
}

/** `tracehub dev`: a collector for development, what to set for an app to log to it, its page, and what comes in. */
export async function dev(flags: DevFlags, terminal: Terminal): Promise<number> {
  const { port, dataDir, readToken } = flags;
  const collector = await startCollector({
    ...(port === undefined ? {} : { port }),
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(readToken === undefined ? {} : { readToken }),
  });
  const over = new AbortController();
  const off = onInterrupt(() => over.abort());
  try {
    terminal.print(`export TRACEHUB_ENDPOINT=${quote(collector.url)}`);
    terminal.print(`export TRACEHUB_API_KEY=${quote(collector.developmentKey ?? '')}`);
    terminal.note(
      `page: ${collector.url}/  data: ${collector.dataDir ?? 'the database given'}  (Ctrl-C ends it)`,
    );
    if (flags.open ?? terminal.isInteractive) await openBrowser(`${collector.url}/`, terminal);
    return await tail({ ...flags, endpoint: collector.url, last: 0 }, terminal, over.signal);
  } finally {
    off();
    await collector.close();
  }
}

async function startCollector(options: CollectorOptions): Promise<Collector> {
  const collector = await loadCollector();
  try {
    return await collector.createCollector(options);
  } catch (error) {
    throw new CliError(`the collector does not start: ${(error as Error).message}`, EXIT.problem);
  }
}

/** An optional peer: with its database it is many times as large as all the rest, and a production host needs none. */
async function loadCollector(): Promise<{ createCollector: typeof createCollector }> {
  try {
    return await import('@tracehub/collector');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new CliError(
      'tracehub dev needs the collector, which is installed apart because of its size: ' +
        'npm install --save-dev @tracehub/collector',
    );
  }
}

/** As a POSIX shell reads it. */
function quote(text: string): string {
  return /^[\w:/.-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
