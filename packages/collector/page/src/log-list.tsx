import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { LogRecord } from '../../src/read/answers.ts';
import { Level } from './level.tsx';
import { LogDetail } from './log-detail.tsx';
import { Moment } from './time.tsx';

/** What tells two entries apart: an id may have come with several timestamps. */
export function keyOf({ id, timestamp }: LogRecord): string {
  return `${timestamp} ${id}`;
}

/** Entries as lines, each of which opens. `sinceTs` shows how long after that time each one was. */
export function LogList({ logs, sinceTs }: { logs: readonly LogRecord[]; sinceTs?: string }): JSX.Element {
  return (
    <ol class="logs">
      {logs.map((log) => (
        <LogLine key={keyOf(log)} log={log} sinceTs={sinceTs} />
      ))}
    </ol>
  );
}

function LogLine({ log, sinceTs }: { log: LogRecord; sinceTs: string | undefined }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const origin = [log.service, log.module].filter((name) => name !== null).join(' · ');
  return (
    <li class={`log ${log.level}`}>
      <button type="button" data-row aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Moment iso={log.timestamp} />
        {sinceTs !== undefined && <span class="since">{toOffset(sinceTs, log.timestamp)}</span>}
        <Level level={log.level} />
        <span class="origin" title={origin}>
          {origin}
        </span>
        <span class="message">
          {log.error_type !== null && <b>{log.error_type} </b>}
          {log.message || log.error_message || '(no message)'}
        </span>
      </button>
      {isOpen && <LogDetail log={log} />}
    </li>
  );
}

function toOffset(fromTs: string, ts: string): string {
  const milliseconds = Date.parse(ts) - Date.parse(fromTs);
  return milliseconds < 10_000 ? `+${milliseconds} ms` : `+${(milliseconds / 1000).toFixed(1)} s`;
}
