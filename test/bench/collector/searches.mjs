import { seeded, START, traceId, word } from './search-entries.mjs';

/**
 * The published mix. Each search is a path for a random place, so that no two of a kind ask for the same.
 * @param {string} url of the collector @param {number} rows how many there are
 * @returns {Promise<{ name: string, path: () => string | Promise<string> }[]>}
 */
export async function searches(url, rows) {
  const { issues } = await (await fetch(`${url}/api/v1/issues?per_page=1000`)).json();
  const random = seeded(2);
  const upTo = (limit) => Math.floor(random() * limit);
  const logs = (query) => `/api/v1/logs?${new URLSearchParams(query)}`;
  const at = (hours) => new Date(START + hours * 3_600_000).toISOString();
  return [
    { name: 'newest page', path: () => logs({}) },
    { name: 'one trace', path: () => logs({ trace_id: traceId(upTo(rows / 5)) }) },
    { name: 'frequent word (1 in 10 or more)', path: () => logs({ q: word(upTo(4)) }) },
    { name: 'common word (about 1 in 200)', path: () => logs({ q: word(100 + upTo(100)) }) },
    { name: 'rare word (about 1 in 20,000)', path: () => logs({ q: word(12_000 + upTo(7000)) }) },
    { name: 'frequent and rare word', path: () => logs({ q: `${word(1)} ${word(5000 + upTo(5000))}` }) },
    {
      name: 'extra: one order',
      path: () => logs({ extra: JSON.stringify({ order: { id: `o-${upTo(rows)}` } }) }),
    },
    { name: 'extra: one user', path: () => logs({ extra: JSON.stringify({ user_id: upTo(50_000) }) }) },
    { name: 'extra: every error', path: () => logs({ extra: JSON.stringify({ status: 500 }) }) },
    {
      name: 'errors of six hours',
      path: () => {
        const from = upTo(160);
        return `${logs({ from_ts: at(from), to_ts: at(from + 6) })}&level=ERROR&level=FATAL`;
      },
    },
    { name: 'one service', path: () => logs({ service: ['gateway', 'reports'][upTo(2)] }) },
    { name: 'a service that writes little', path: () => logs({ service: 'nightly' }) },
    { name: 'errors of one service', path: () => `${logs({ service: 'reports' })}&level=ERROR&level=FATAL` },
    {
      name: 'deep cursor',
      // As a client who has come that far would have it.
      path: async () => {
        const response = await fetch(url + logs({ per_page: '1', to_ts: at(8 + upTo(160)) }));
        const { next_cursor } = await response.json();
        return logs({ cursor: next_cursor });
      },
    },
    { name: 'issues', path: () => '/api/v1/issues' },
    { name: 'issues with a frequent word', path: () => `/api/v1/issues?q=${word(upTo(4))}` },
    { name: 'one issue', path: () => `/api/v1/issues/${issues[upTo(issues.length)].id}` },
    { name: 'timeline, the whole week', path: () => '/api/v1/stats/timeline' },
    { name: 'timeline, frequent word', path: () => `/api/v1/stats/timeline?q=${word(upTo(4))}` },
    { name: 'timeline, one service', path: () => '/api/v1/stats/timeline?service=catalog' },
    { name: 'overview', path: () => '/api/v1/stats/overview' },
  ];
}
