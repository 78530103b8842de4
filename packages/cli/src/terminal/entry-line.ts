import type { Entry } from '@tracehub/core-sender';
import type { Colours } from './terminal.ts';
import { printable } from './words.ts';

const COLOUR_OF: Readonly<Record<string, keyof Colours>> = {
  DEBUG: 'gray',
  INFO: 'green',
  WARN: 'yellow',
  ERROR: 'red',
  FATAL: 'magenta',
};

/** What is shown of an entry, as it is stored or as it waits: null and left out are the same. */
export type ShownEntry = {
  [
    Name in
      | 'timestamp'
      | 'level'
      | 'service'
      | 'module'
      | 'message'
      | 'error_type'
      | 'error_message'
      | 'trace_id'
  ]?: Entry[Name] | null | undefined;
};

/** An entry as one line, coloured by level: time, level, service and module, message, error, trace id. */
export function entryLine(entry: ShownEntry, colours: Colours): string {
  const { timestamp, level, service, module, message, trace_id: trace } = entry;
  const paint = colours[COLOUR_OF[level ?? ''] ?? 'white'] as (text: string) => string;
  const parts = [
    colours.dim(printable((timestamp ?? '').replace(/(\.\d{3})\d*Z?$/, '$1'))),
    paint(printable(level ?? '?').padEnd(5)),
    colours.cyan(printable([service, module].filter(Boolean).join('/'))),
    printable(String(message ?? '')),
    errorText(entry, paint),
    trace ? colours.dim(`trace=${printable(trace)}`) : '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** The error where the message does not already say it. */
function errorText(entry: ShownEntry, paint: (text: string) => string): string {
  const { error_type: type, error_message: text, message } = entry;
  const error = [type, text].filter(Boolean).join(': ');
  return error === '' || text === message ? '' : paint(`[${printable(error)}]`);
}
