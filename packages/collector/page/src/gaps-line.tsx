import type { JSX } from 'preact';
import type { GapRecord, GapsAnswer } from '../../src/read/answers.ts';
import { pathOf } from './api.ts';
import type { Filters } from './filters.ts';
import { Ago, Moment } from './time.tsx';
import { useAnswer } from './use-answer.ts';

const reasonNames: Readonly<Record<string, string>> = {
  'buffer-full': 'the buffer was full',
  'dlq-full': 'the dead-letter queue was full',
  'dlq-error': 'the dead-letter queue could not be written',
  oversize: 'the entry was too large',
  'rate-limit': 'the rate limit',
  closed: 'the sender was closed',
  rejected: 'the server refused them',
};

/** What is missing here: entries that senders report as dropped, when and why. Nothing where nothing is. */
export function GapsLine({
  filters,
}: {
  filters: Pick<Filters, 'service' | 'environment' | 'from_ts' | 'to_ts'>;
}): JSX.Element | null {
  const { service, environment, from_ts, to_ts } = filters;
  const { data } = useAnswer<GapsAnswer>(
    pathOf('/api/v1/gaps', { service, environment, from_ts, to_ts }),
    30_000,
  );
  const latest = data?.gaps[0];
  if (data === undefined || latest === undefined) return null;
  return (
    <details class="gaps">
      <summary>
        <b>Gaps</b> Senders dropped {data.total_dropped.toLocaleString()} entries, last{' '}
        <Ago iso={latest.to_ts} />
      </summary>
      <ul>
        {data.gaps.map((gap) => (
          <Gap key={`${gap.log_id} ${gap.reported_at}`} gap={gap} />
        ))}
      </ul>
    </details>
  );
}

function Gap({ gap }: { gap: GapRecord }): JSX.Element {
  const who = [gap.service, gap.environment, gap.host, gap.pid === null ? null : `pid ${gap.pid}`];
  return (
    <li>
      <span>
        <Moment iso={gap.from_ts} /> to <Moment iso={gap.to_ts} />
      </span>
      <span>{who.filter((part) => part !== null).join(' · ')}</span>
      <span>
        {Object.entries(gap.reasons)
          .map(([reason, count]) => `${count.toLocaleString()} × ${reasonNames[reason] ?? reason}`)
          .join(', ')}
      </span>
    </li>
  );
}
