import type { JSX } from 'preact';
import type { OverviewAnswer } from '../../src/read/answers.ts';
import { Notice, Snippet } from './feedback.tsx';
import { textFilters, type Filters } from './filters.ts';
import { useAnswer } from './use-answer.ts';

/** No entry: either none matches, or none has come yet. */
export function EmptyLogs({
  filters,
  onChange,
}: {
  filters: Filters;
  onChange: (change: Filters) => void;
}): JSX.Element | null {
  if (textFilters.every((name) => filters[name] === undefined) && filters.level === undefined) {
    return <FirstSteps />;
  }
  return (
    <Notice title="No entry matches">
      <p>Look for fewer words, or over a longer time.</p>
      <button
        type="button"
        onClick={() => onChange({ level: [], ...Object.fromEntries(textFilters.map((name) => [name, ''])) })}
      >
        Remove all filters
      </button>
    </Notice>
  );
}

/** No issue in the chosen state: good news, or nothing has come yet. */
export function EmptyIssues({ isFiltered }: { isFiltered: boolean }): JSX.Element | null {
  const overview = useAnswer<OverviewAnswer>('/api/v1/stats/overview', 3000);
  if (overview.data === undefined) return null;
  if (overview.data.total_logs === 0) return <FirstSteps />;
  return (
    <Notice title={isFiltered ? 'No issue matches' : 'No issues'}>
      <p>
        {isFiltered
          ? 'Choose another state, or look for fewer words.'
          : `${overview.data.total_logs.toLocaleString()} entries, and no error among them. Errors show up here as they come in.`}
      </p>
    </Notice>
  );
}

/** How to send the first entry here. */
function FirstSteps(): JSX.Element {
  const endpoint = location.origin;
  return (
    <Notice title="Nothing has arrived yet">
      <p>
        Point a logger here. The key is the one the collector printed when it started, or one made with{' '}
        <code>tracehub-collector keys create</code>.
      </p>
      <Snippet
        label="pino"
        code={`import pino from 'pino';

const logger = pino({
  transport: {
    target: '@tracehub/pino',
    options: {
      endpoint: '${endpoint}',
      apiKey: process.env.TRACEHUB_API_KEY,
      service: 'shop',
      environment: 'dev',
    },
  },
});
logger.error(new Error('the first error'));`}
      />
      <Snippet
        label="curl"
        code={`curl ${endpoint}/api/v1/ingest -H "X-API-Key: $TRACEHUB_API_KEY" -d "[{
  \\"level\\": \\"ERROR\\", \\"message\\": \\"the first error\\", \\"service\\": \\"shop\\",
  \\"timestamp\\": \\"$(date -u +%FT%TZ)\\" }]"`}
      />
      <p class="muted">This page looks again every few seconds.</p>
    </Notice>
  );
}
