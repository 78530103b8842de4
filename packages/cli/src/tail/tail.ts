import type { LogRecord, LogsAnswer } from '@tracehub/collector';
import { CliError, EXIT } from '../cli-error.ts';
import { ask, jsonOf } from '../http/ask.ts';
import { Settings } from '../settings/settings.ts';
import { entryLine } from '../terminal/entry-line.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { printable } from '../terminal/words.ts';
import { detailOf } from './detail.ts';
import { type TailFilters, toQuery } from './filters.ts';
import { follow } from './follow.ts';

export interface TailFlags extends TailFilters {
  endpoint?: string;
  readToken?: string;
  /** How many stored entries to show first. */
  last?: number;
  json?: boolean;
}

/** `tracehub tail`: entries as they are stored, until `signal`. */
export async function tail(flags: TailFlags, terminal: Terminal, signal: AbortSignal): Promise<number> {
  const { endpoint: given, last = 0 } = flags;
  const settings = new Settings(given === undefined ? {} : { endpoint: given }, { enabled: true });
  settings.require('endpoint');
  const { endpoint, timeout } = settings.options;
  const token = flags.readToken ?? process.env['TRACEHUB_READ_TOKEN'];
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const query = toQuery(flags);
  const { noteColours } = terminal;
  /** Those that were shown as stored before, and may come again as new. */
  const shown = new Set<string>();
  let isFirst = true;
  for await (const event of follow(
    new URL(`${endpoint}/api/v1/logs/tail?${query.toString()}`),
    headers,
    signal,
  )) {
    switch (event.kind) {
      case 'ready':
        if (!isFirst) terminal.note(noteColours.dim('-- connected'));
        // Asked only now, so that no entry falls between what was stored and what comes.
        else if (last > 0) {
          for (const log of await lastLogs(endpoint, query, last, headers, timeout)) {
            shown.add(keyOf(log));
            print(log, flags, terminal);
          }
        }
        isFirst = false;
        break;
      case 'logs':
        for (const log of event.logs) if (!shown.delete(keyOf(log))) print(log, flags, terminal);
        break;
      case 'gap':
        terminal.note(noteColours.yellow('-- too far behind: some entries were passed over'));
        break;
      case 'lost':
        terminal.note(noteColours.yellow(`-- connection lost (${printable(event.reason)}); trying again`));
        break;
    }
  }
  return EXIT.ok;
}

/** The latest stored entries, oldest first. */
async function lastLogs(
  endpoint: string,
  query: URLSearchParams,
  last: number,
  headers: Record<string, string>,
  timeout: number,
): Promise<LogRecord[]> {
  const all = new URLSearchParams([...query, ['per_page', String(last)]]);
  const answer = await ask(`${endpoint}/api/v1/logs?${all.toString()}`, { method: 'GET', headers, timeout });
  if (answer.status === 200) return (jsonOf(answer) as LogsAnswer).logs.toReversed();
  throw new CliError(
    `the last entries cannot be read (${answer.status}): ${detailOf(answer.body)}`,
    EXIT.problem,
  );
}

function keyOf({ id, timestamp }: LogRecord): string {
  return `${timestamp} ${id}`;
}

function print(log: LogRecord, { json }: TailFlags, terminal: Terminal): void {
  terminal.print(json === true ? JSON.stringify(log) : entryLine(log, terminal.colours));
}
