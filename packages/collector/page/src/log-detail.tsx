import type { JSX } from 'preact';
import { useContext } from 'preact/hooks';
import { Link, useLocation } from 'wouter-preact';
import type { IssuesAnswer, LogRecord } from '../../src/read/answers.ts';
import { AccessContext } from './access.tsx';
import { ApiError, pathOf, read } from './api.ts';
import { CopyButton } from './feedback.tsx';
import { StackTrace } from './stack-trace.tsx';

const fields = [
  'service',
  'environment',
  'module',
  'host',
  'pid',
  'thread_id',
  'error_type',
  'error_message',
  'sdk_version',
  'received_at',
  'id',
] as const;

/** Everything an entry holds. */
export function LogDetail({ log }: { log: LogRecord }): JSX.Element {
  return (
    <div class="detail">
      <pre class="text">{log.message}</pre>
      <div class="actions">
        {log.trace_id !== null && (
          <Link href={`/traces/${encodeURIComponent(log.trace_id)}`} class="button">
            All entries of this trace
          </Link>
        )}
        {log.fingerprint !== null && <IssueButton fingerprint={log.fingerprint} />}
        <CopyButton text={JSON.stringify(log, undefined, 2)} label="Copy as JSON" />
      </div>
      <dl class="fields">
        <Field name="timestamp" value={log.timestamp} />
        {log.trace_id !== null && <Field name="trace_id" value={log.trace_id} />}
        {fields.map(
          (name) => log[name] !== null && <Field key={name} name={name} value={String(log[name])} />,
        )}
      </dl>
      {log.stack_trace !== null && <StackTrace stack={log.stack_trace} />}
      {log.extra !== null && (
        <>
          <h3>extra</h3>
          <pre class="json">{JSON.stringify(log.extra, undefined, 2)}</pre>
        </>
      )}
    </div>
  );
}

function Field({ name, value }: { name: string; value: string }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Goes to the issue an entry counts for. */
function IssueButton({ fingerprint }: { fingerprint: string }): JSX.Element {
  const [, go] = useLocation();
  const { askForToken } = useContext(AccessContext);
  async function open(): Promise<void> {
    try {
      const path = pathOf('/api/v1/issues', { fingerprint });
      const { issues } = await read<IssuesAnswer>(path, AbortSignal.timeout(10_000));
      if (issues[0] !== undefined) go(`/issues/${issues[0].id}`);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) askForToken();
    }
  }
  return (
    <button type="button" onClick={() => void open()}>
      Its issue
    </button>
  );
}
