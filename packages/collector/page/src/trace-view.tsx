import type { JSX } from 'preact';
import type { LogsAnswer } from '../../src/read/answers.ts';
import { pathOf } from './api.ts';
import { CopyButton, Failure, Notice, Skeleton } from './feedback.tsx';
import { LogList } from './log-list.tsx';
import { useAnswer } from './use-answer.ts';

/** All entries of one trace id in the order of time, across services. */
export function TraceView(): JSX.Element {
  // From the location itself: the router has decoded its part of it halfway, which turns `%41` into `A`.
  const traceId = decodeURIComponent(location.pathname.slice('/traces/'.length));
  const { data, error, refresh } = useAnswer<LogsAnswer>(
    pathOf('/api/v1/logs', { trace_id: traceId, per_page: 1000 }),
  );
  const logs = data?.logs.toReversed() ?? [];
  const first = logs[0];
  const last = logs.at(-1);
  const services = [...new Set(logs.map(({ service }) => service ?? 'no service'))];
  return (
    <article>
      <header class="trace">
        <h1>
          Trace <code>{traceId}</code> <CopyButton text={traceId} />
        </h1>
        {first !== undefined && last !== undefined && (
          <p class="muted">
            {logs.length.toLocaleString()} {logs.length === 1 ? 'entry' : 'entries'} of {services.join(', ')}{' '}
            within {(Date.parse(last.timestamp) - Date.parse(first.timestamp)).toLocaleString()} ms
            {data?.next_cursor ? '; only the latest 1,000 are shown' : ''}
          </p>
        )}
      </header>
      {error !== undefined && <Failure error={error} onRetry={refresh} />}
      {data === undefined && error === undefined && <Skeleton />}
      {data !== undefined && first === undefined && (
        <Notice title="No entry has this trace id">
          <p>It may be on its way: senders gather entries for some seconds.</p>
          <button type="button" onClick={refresh}>
            Look again
          </button>
        </Notice>
      )}
      {first !== undefined && <LogList logs={logs} sinceTs={first.timestamp} />}
    </article>
  );
}
