import { createCollector } from '@tracehub/collector';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { afterTest } from '../kit/after-test.ts';
import {
  startPostgres,
  type PrivatePostgres,
  startRabbit,
  type PrivateRabbit,
} from '../kit/servers/servers.ts';
import { countsIn } from './kit/outcome.ts';

let postgres: PrivatePostgres;
let rabbit: PrivateRabbit;
beforeAll(async () => {
  postgres = startPostgres();
  rabbit = await startRabbit();
});
let made = 0;
const newDatabase = (): string => postgres.createDatabase(`many_${(made += 1)}`);

/** A collector in this process, with and without a broker before its database. */
const setUps: Record<string, () => { databaseUrl?: string; amqpUrl?: string }> = {
  'on PostgreSQL': () => ({ databaseUrl: newDatabase() }),
  'on RabbitMQ and PostgreSQL': () => ({ databaseUrl: newDatabase(), amqpUrl: rabbit.nextUrl() }),
};

describe.each(Object.keys(setUps))('a collector %s', (name) => {
  it('answers 202 to a thousand posts of one batch at the same time, and stores it once', async () => {
    const urls = setUps[name]?.() ?? {};
    const collector = await createCollector({ port: 0, developmentKey: 'th_test_key', ...urls });
    afterTest(() => collector.close());
    const body = JSON.stringify(
      Array.from({ length: 50 }, (_, n) => ({
        id: `same-${n}`,
        level: n % 5 === 0 ? 'ERROR' : 'INFO',
        message: 'posted by everybody',
        timestamp: '2026-11-22T10:00:00.000000Z',
      })),
    );
    const answers = await Promise.all(
      Array.from({ length: 1000 }, async () => {
        const response = await fetch(`${collector.url}/api/v1/ingest`, {
          method: 'POST',
          headers: { 'x-api-key': 'th_test_key' },
          body,
        });
        return `${response.status} ${await response.text()}`;
      }),
    );
    expect(new Set(answers)).toEqual(new Set(['202 {"accepted":50}']));
    await vi.waitFor(
      async () => expect(await metricOf(collector.url, 'tracehub_entries_duplicate_total')).toBe(49_950),
      60_000,
    );
    expect(await countsIn(String(urls.databaseUrl))).toEqual({ rows: 50, issues: [10] });
  });

  // contract.md section 5: from one client one after another, and from eight at the same time.
  it.each([1, 8])('loses nothing of issues in shuffled order, from %d connections', async (connections) => {
    const urls = setUps[name]?.() ?? {};
    const collector = await createCollector({ port: 0, developmentKey: 'th_test_key', ...urls });
    afterTest(() => collector.close());
    const posts = 400 / connections;
    const send = async (): Promise<void> => {
      for (let post = 0; post < posts; post += 1) {
        const kinds = Array.from({ length: 10 }, (_, kind) => kind).toSorted(() => Math.random() - 0.5);
        const response = await fetch(`${collector.url}/api/v1/ingest`, {
          method: 'POST',
          headers: { 'x-api-key': 'th_test_key' },
          body: JSON.stringify(
            kinds.map((kind) => ({
              level: 'ERROR',
              message: 'shuffled',
              error_type: `Kind${kind}`,
              timestamp: '2026-11-22T10:00:00.000000Z',
            })),
          ),
        });
        expect([response.status, await response.json()]).toEqual([202, { accepted: 10 }]);
      }
    };
    await Promise.all(Array.from({ length: connections }, send));
    await vi.waitFor(
      async () => expect(await metricOf(collector.url, 'tracehub_entries_stored_total')).toBe(4000),
      60_000,
    );
    const issues = Array.from({ length: 10 }, () => 400);
    expect(await countsIn(String(urls.databaseUrl))).toEqual({ rows: 4000, issues });
  });
});

async function metricOf(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
}
