import type { JSX } from 'preact';
import { useCallback, useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { LogRecord, LogsAnswer, TimelineAnswer } from '../../src/read/answers.ts';
import { AccessContext } from './access.tsx';
import { pathOf, read, type ApiError } from './api.ts';
import { EmptyLogs } from './empty.tsx';
import { Failure, Skeleton } from './feedback.tsx';
import { FilterBar } from './filter-bar.tsx';
import { useFilters } from './filters.ts';
import { GapsLine } from './gaps-line.tsx';
import { keyOf, LogList } from './log-list.tsx';
import { followTail } from './tail.ts';
import { TimelineChart } from './timeline-chart.tsx';
import { useAnswer } from './use-answer.ts';

const perPage = 100;

/** Lines on the page while it follows the log: more than anybody scrolls through, few enough to stay quick. */
const maxShown = 500;

/** Entries: searched, over time, and as they come in. */
export function LogsView(): JSX.Element {
  const [filters, change] = useFilters();
  const path = pathOf('/api/v1/logs', { ...filters, per_page: perPage });
  const list = useAnswer<LogsAnswer>(path);
  const timeline = useAnswer<TimelineAnswer>(pathOf('/api/v1/stats/timeline', { ...filters }));
  const older = useOlder(path, list.data);
  const [isLive, setLive] = useState(false);
  const live = useLive(isLive, path, list.refresh);

  const fresh = isLive ? live.logs : [];
  const known = new Set(fresh.map(keyOf));
  const listed = [...(list.data?.logs ?? []), ...older.logs].filter((log) => !known.has(keyOf(log)));
  const logs = [...fresh, ...listed].slice(0, isLive ? maxShown : undefined);
  const { data } = list;
  return (
    <>
      <FilterBar filters={filters} onChange={change}>
        <button
          type="button"
          data-tail
          class={`live ${isLive ? live.state : ''}`}
          aria-pressed={isLive}
          onClick={() => {
            setLive(!isLive);
            // What came in meanwhile is part of the list from now on.
            if (isLive) list.refresh();
          }}
        >
          <i /> {isLive && live.state === 'waiting' ? 'Connecting' : 'Live'}
        </button>
      </FilterBar>
      {timeline.data !== undefined && timeline.data.buckets.length > 0 && data?.logs.length !== 0 && (
        <TimelineChart
          buckets={timeline.data.buckets}
          interval={timeline.data.interval}
          label="Entries over time by level"
          onSelect={(from_ts, to_ts) => change({ from_ts, to_ts })}
        />
      )}
      <GapsLine filters={filters} />
      {live.error !== undefined && <p role="alert">{live.error.message}</p>}
      {list.error !== undefined && <Failure error={list.error} onRetry={list.refresh} />}
      {data === undefined && list.error === undefined && <Skeleton rows={12} />}
      {data !== undefined && (
        <>
          <p class="summary" role="status">
            {toSummary(data, timeline.data)}
          </p>
          {logs.length === 0 ? <EmptyLogs filters={filters} onChange={change} /> : <LogList logs={logs} />}
          {older.next !== null && !isLive && (
            <button type="button" class="more" disabled={older.isLoading} onClick={older.load}>
              {older.isLoading ? 'Loading' : 'Older entries'}
            </button>
          )}
        </>
      )}
    </>
  );
}

function toSummary({ total, total_relation }: LogsAnswer, timeline: TimelineAnswer | undefined): string {
  const count = `${(total ?? 0).toLocaleString()}${total_relation === 'gte' ? ' or more' : ''}`;
  const from = timeline?.counted_from;
  const partly = from ? `; the chart counts the newest, from ${new Date(from).toLocaleString()} on` : '';
  return `${count} ${total === 1 ? 'entry' : 'entries'}${partly}`;
}

/** What lies beyond the first page, as far as it was asked for. */
function useOlder(
  path: string,
  first: LogsAnswer | undefined,
): { logs: LogRecord[]; next: string | null; isLoading: boolean; load: () => void } {
  const [pages, setPages] = useState<LogsAnswer[]>([]);
  const [isLoading, setLoading] = useState(false);
  useEffect(() => setPages([]), [path]);
  const next = (pages.at(-1) ?? first)?.next_cursor ?? null;
  const load = useCallback(() => {
    if (next === null) return;
    setLoading(true);
    read<LogsAnswer>(`${path}&cursor=${next}`, AbortSignal.timeout(30_000))
      .then((page) => setPages((before) => [...before, page]))
      // The button stays where it is and can be pressed again.
      .catch(() => {})
      .finally(() => setLoading(false));
  }, [path, next]);
  return { logs: pages.flatMap((page) => page.logs), next, isLoading, load };
}

/** What came in since the tail began, the newest first. */
function useLive(
  isOn: boolean,
  path: string,
  onBegin: () => void,
): { logs: LogRecord[]; state: 'live' | 'waiting'; error: ApiError | undefined } {
  const { askForToken } = useContext(AccessContext);
  const [filters] = useFilters();
  const [logs, setLogs] = useState<LogRecord[]>([]);
  const [state, setState] = useState<'live' | 'waiting'>('waiting');
  const [error, setError] = useState<ApiError>();
  const waiting = useRef<LogRecord[]>([]);

  useEffect(() => {
    setLogs([]);
    setError(undefined);
    if (!isOn) return;
    const abort = new AbortController();
    let frame: number | undefined;
    // A burst is drawn once a frame, not once an event.
    function show(): void {
      frame = undefined;
      const fresh = waiting.current.splice(0).reverse();
      setLogs((before) => [...fresh, ...before].slice(0, maxShown));
    }
    const events = {
      onBegin,
      onState: setState,
      onLogs: (arrived: LogRecord[]) => {
        waiting.current = [...waiting.current, ...arrived].slice(-maxShown);
        frame ??= requestAnimationFrame(show);
      },
      onError: (fault: ApiError) => (fault.status === 401 ? askForToken() : setError(fault)),
    };
    void followTail(filters, events, abort.signal);
    return () => {
      abort.abort();
      waiting.current = [];
      if (frame !== undefined) cancelAnimationFrame(frame);
    };
    // The path says what the filters are.
  }, [isOn, path, onBegin, askForToken]);
  return { logs, state, error };
}
