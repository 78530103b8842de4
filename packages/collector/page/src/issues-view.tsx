import type { JSX } from 'preact';
import { Link, useSearchParams } from 'wouter-preact';
import type { IssuesAnswer, IssueStatus, ListedIssue, TimelineAnswer } from '../../src/read/answers.ts';
import { pathOf } from './api.ts';
import { EmptyIssues } from './empty.tsx';
import { Failure, Skeleton } from './feedback.tsx';
import { useFilters } from './filters.ts';
import { toCulprit } from './frames.ts';
import { GapsLine } from './gaps-line.tsx';
import { Level, Status } from './level.tsx';
import { Sparkline } from './sparkline.tsx';
import { Ago } from './time.tsx';
import { TimelineChart } from './timeline-chart.tsx';
import { useAnswer } from './use-answer.ts';

const states: { name: string; value: string; status: IssueStatus[] | undefined }[] = [
  { name: 'Unresolved', value: '', status: ['OPEN', 'IN_PROGRESS'] },
  { name: 'Open', value: 'open', status: ['OPEN'] },
  { name: 'In progress', value: 'in-progress', status: ['IN_PROGRESS'] },
  { name: 'Resolved', value: 'resolved', status: ['RESOLVED'] },
  { name: 'All', value: 'all', status: undefined },
];

/** Issues, looked for again every few seconds so that a new one shows up by itself; ms. */
const refreshEvery = 3000;

/** What is wrong, the latest first. */
export function IssuesView(): JSX.Element {
  const [parameters, setParameters] = useSearchParams();
  const [filters, change] = useFilters();
  const state = states.find(({ value }) => value === (parameters.get('status') ?? '')) ?? states[0];
  const page = Math.max(1, Number(parameters.get('page')) || 1);
  const { data, error, refresh } = useAnswer<IssuesAnswer>(
    pathOf('/api/v1/issues', { ...filters, status: state?.status, page }),
    refreshEvery,
  );
  const timeline = useAnswer<TimelineAnswer>(pathOf('/api/v1/stats/timeline', { ...filters }), 10_000);
  const set = (name: string, value: string): void =>
    setParameters((before) => {
      const after = new URLSearchParams(before);
      if (name !== 'page') after.delete('page');
      if (value === '') after.delete(name);
      else after.set(name, value);
      return after;
    });

  return (
    <>
      <section class="filters" aria-label="Filters">
        <div class="bar">
          <div class="segments" role="group" aria-label="State">
            {states.map(({ name, value }) => (
              <button
                key={name}
                type="button"
                aria-pressed={value === state?.value}
                onClick={() => set('status', value)}
              >
                {name}
              </button>
            ))}
          </div>
          <input
            type="search"
            aria-label="Search for words in the entries of an issue"
            placeholder="Search the entries of issues"
            value={filters.q ?? ''}
            onChange={(event) => change({ q: event.currentTarget.value.trim() })}
          />
          <input
            class="field"
            aria-label="service"
            placeholder="service"
            value={filters.service ?? ''}
            onChange={(event) => change({ service: event.currentTarget.value.trim() })}
          />
        </div>
      </section>
      {timeline.data !== undefined &&
        timeline.data.buckets.some(
          (bucket) => bucket.INFO + bucket.ERROR + bucket.WARN + bucket.DEBUG + bucket.FATAL > 0,
        ) && (
          <TimelineChart
            buckets={timeline.data.buckets}
            interval={timeline.data.interval}
            label="Entries over time by level"
          />
        )}
      <GapsLine filters={filters} />
      {error !== undefined && <Failure error={error} onRetry={refresh} />}
      {data === undefined && error === undefined && <Skeleton />}
      {data !== undefined && data.issues.length === 0 && (
        <EmptyIssues
          isFiltered={filters.q !== undefined || filters.service !== undefined || state?.value !== ''}
        />
      )}
      {data !== undefined && data.issues.length > 0 && (
        <>
          <IssueTable issues={data.issues} />
          <nav class="pages" aria-label="Pages">
            {page > 1 && (
              <button type="button" onClick={() => set('page', String(page - 1))}>
                Newer
              </button>
            )}
            <span>
              {data.total?.toLocaleString()} {data.total === 1 ? 'issue' : 'issues'}
            </span>
            {data.next_cursor !== null && (
              <button type="button" onClick={() => set('page', String(page + 1))}>
                Older
              </button>
            )}
          </nav>
        </>
      )}
    </>
  );
}

function IssueTable({ issues }: { issues: readonly ListedIssue[] }): JSX.Element {
  return (
    <table class="issues">
      <thead>
        <tr>
          <th scope="col">Issue</th>
          <th scope="col">Last 24 hours</th>
          <th scope="col" class="number">
            Entries
          </th>
          <th scope="col">Last seen</th>
          <th scope="col">First seen</th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {issues.map((issue) => (
          <tr key={issue.id}>
            <td>
              <Link href={`/issues/${issue.id}`} data-row class="title">
                <Level level={issue.level} /> {issue.title}
              </Link>
              {issue.last_message !== null && issue.last_message !== issue.title && (
                <div class="last">{issue.last_message}</div>
              )}
              <div class="culprit">{toCulprit(issue.sample_stack)}</div>
            </td>
            <td>
              <Sparkline
                values={issue.last_24_hours}
                label={`${issue.last_24_hours.reduce((sum, count) => sum + count, 0)} entries in the last 24 hours`}
              />
            </td>
            <td class="number">{issue.count.toLocaleString()}</td>
            <td>
              <Ago iso={issue.last_seen} />
            </td>
            <td>
              <Ago iso={issue.first_seen} />
            </td>
            <td>
              <Status status={issue.status} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
