import type { JSX } from 'preact';
import { useContext, useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { IssueAnswer, IssueStatus } from '../../src/read/answers.ts';
import { AccessContext } from './access.tsx';
import { ApiError, call } from './api.ts';
import { Failure, Skeleton } from './feedback.tsx';
import { Level, Status } from './level.tsx';
import { LogList } from './log-list.tsx';
import { StackTrace } from './stack-trace.tsx';
import { Ago } from './time.tsx';
import { TimelineChart } from './timeline-chart.tsx';
import { useAnswer } from './use-answer.ts';

const moves: Readonly<Record<IssueStatus, readonly { to: IssueStatus; name: string }[]>> = {
  OPEN: [
    { to: 'RESOLVED', name: 'Resolve' },
    { to: 'IN_PROGRESS', name: 'Start work' },
  ],
  IN_PROGRESS: [
    { to: 'RESOLVED', name: 'Resolve' },
    { to: 'OPEN', name: 'Stop work' },
  ],
  RESOLVED: [{ to: 'OPEN', name: 'Open again' }],
};

/** One issue: where it happens, how often, and its latest entries. */
export function IssueView({ id }: { id: string }): JSX.Element {
  const path = `/api/v1/issues/${encodeURIComponent(id)}`;
  const { data: issue, error, refresh } = useAnswer<IssueAnswer>(path, 3000);
  if (issue === undefined) {
    return error === undefined ? <Skeleton rows={10} /> : <Failure error={error} onRetry={refresh} />;
  }
  const message = issue.samples[0]?.error_message ?? issue.samples[0]?.message;
  return (
    <article class="issue">
      <nav aria-label="Back">
        <Link href="/">← Issues</Link>
      </nav>
      <header>
        <div>
          <h1>
            <Level level={issue.level} /> {issue.title}
          </h1>
          {message !== undefined && message !== issue.title && <p class="text">{message}</p>}
        </div>
        <Moves path={path} status={issue.status} onMoved={refresh} />
      </header>
      <dl class="facts">
        <div>
          <dt>State</dt>
          <dd>
            <Status status={issue.status} />
          </dd>
        </div>
        <div>
          <dt>Entries</dt>
          <dd>{issue.count.toLocaleString()}</dd>
        </div>
        <div>
          <dt>Last seen</dt>
          <dd>
            <Ago iso={issue.last_seen} />
          </dd>
        </div>
        <div>
          <dt>First seen</dt>
          <dd>
            <Ago iso={issue.first_seen} />
          </dd>
        </div>
      </dl>
      <TimelineChart
        buckets={issue.timeline.buckets.map(({ ts, count }) => ({ ts, [issue.level]: count }))}
        interval={issue.timeline.interval}
        label="Entries of this issue over time"
      />
      {issue.sample_stack !== null && <StackTrace stack={issue.sample_stack} />}
      <h2>Latest entries</h2>
      <LogList logs={issue.samples} />
    </article>
  );
}

/** What can be done with an issue in its state. */
function Moves({
  path,
  status,
  onMoved,
}: {
  path: string;
  status: IssueStatus;
  onMoved: () => void;
}): JSX.Element {
  const { askForToken } = useContext(AccessContext);
  const [isMoving, setMoving] = useState(false);
  const [fault, setFault] = useState<string>();

  async function move(to: IssueStatus): Promise<void> {
    setMoving(true);
    setFault(undefined);
    try {
      await call(path, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        // What was on the screen when the button was pressed: not what has become of it since.
        body: JSON.stringify({ status: to, expected_status: status }),
      });
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) askForToken();
      else setFault((error as Error).message);
    }
    setMoving(false);
    onMoved();
  }

  return (
    <div class="moves">
      {moves[status].map(({ to, name }, index) => (
        <button
          key={to}
          type="button"
          class={index === 0 ? 'primary' : ''}
          disabled={isMoving}
          onClick={() => void move(to)}
        >
          {name}
        </button>
      ))}
      {fault !== undefined && <p role="alert">{fault}</p>}
    </div>
  );
}
