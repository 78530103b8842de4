import { beforeEach, describe, expect, it } from 'vitest';
import type { IssueAnswer, IssuesAnswer } from '@tracehub/collector';
import type { Database } from '../../packages/collector/src/store/database.ts';
import { describeServed } from './describe-served.ts';
import { entry } from './reading-kit.ts';

/** What reading and changing issues must do, whatever database holds them. */
export function describeIssues(name: string, open: () => Promise<Database>): void {
  describeServed(`issues in ${name}`, open, (served) => {
    it('shows an issue with its latest entries, its timeline and its last 24 hours', async () => {
      const hour = 3_600_000;
      const now = Math.floor(Date.now() / hour) * hour;
      // One in each of the last 30 hours, five more in the running one.
      const times = [
        ...Array.from({ length: 30 }, (_, ago) => now - ago * hour),
        ...[1, 2, 3, 4, 5].map((n) => now + n),
      ];
      await served.project.post(
        times.map((time, n) =>
          entry(`e${n}`, { level: 'ERROR', message: `no ${n}`, timestamp: new Date(time).toISOString() }),
        ),
      );
      const { body: list } = await served.project.get<IssuesAnswer>('/api/v1/issues');
      expect(list).toMatchObject({ total: 1, total_relation: 'eq', next_cursor: null });
      const [listed] = list.issues;
      expect(listed).toMatchObject({ title: 'no 29', count: 35, last_message: 'no 34' });
      expect(listed?.last_24_hours).toEqual([...Array<number>(23).fill(1), 6]);

      const { body: issue } = await served.project.get<IssueAnswer>(`/api/v1/issues/${listed?.id}`);
      expect(issue.samples.map(({ id }) => id)).toEqual([
        'e34',
        'e33',
        'e32',
        'e31',
        'e30',
        ...Array.from({ length: 15 }, (_, n) => `e${n}`),
      ]);
      expect(issue.timeline.interval).toBe(3600);
      expect(issue.timeline.buckets.map(({ count }) => count)).toEqual([...Array<number>(29).fill(1), 6]);

      const fingerprint = `/api/v1/issues?fingerprint=${issue.fingerprint}`;
      expect((await served.project.get<IssuesAnswer>(fingerprint)).body.issues).toHaveLength(1);
      const other = await served.server.project();
      expect((await other.get<IssuesAnswer>(fingerprint)).body.issues).toEqual([]);
      expect((await other.get(`/api/v1/issues/${issue.id}`)).status).toBe(404);
      expect((await other.patch(`/api/v1/issues/${issue.id}`, { status: 'RESOLVED' })).status).toBe(404);
    });

    it('chooses those to which a matching entry belongs, however many match', async () => {
      const error = (id: string, error_type: string, service: string): object =>
        entry(id, { level: 'ERROR', error_type, service });
      await served.project.post([
        ...Array.from({ length: 1200 }, (_, n) => error(`n${n}`, 'Frequent', 'busy')),
        error('a', 'Once', 'busy'),
        error('b', 'Elsewhere', 'idle'),
        // Of both services, and of the second only in an entry that is not its latest.
        error('c', 'Everywhere', 'idle'),
        error('d', 'Everywhere', 'busy'),
      ]);
      const typesIn = async (query: string): Promise<string[]> => {
        const { body } = await served.project.get<IssuesAnswer>(`/api/v1/issues?${query}`);
        expect(body.total).toBe(body.issues.length);
        return body.issues.map(({ error_type }) => String(error_type)).toSorted();
      };
      expect(await typesIn('service=busy')).toEqual(['Everywhere', 'Frequent', 'Once']);
      expect(await typesIn('service=idle')).toEqual(['Elsewhere', 'Everywhere']);
      expect(await typesIn('level=ERROR&service=busy&q=hello')).toEqual(['Everywhere', 'Frequent', 'Once']);
      expect(await typesIn('level=FATAL')).toEqual([]);
    });

    describe('the status of an issue', () => {
      let path: string;
      const at = (timestamp: string): object => entry(timestamp, { level: 'ERROR', timestamp });
      const status = async (): Promise<string> => (await served.project.get<IssueAnswer>(path)).body.status;
      beforeEach(async () => {
        await served.project.post([at('2026-11-22T10:00:00Z')]);
        const { body } = await served.project.get<IssuesAnswer>('/api/v1/issues');
        path = `/api/v1/issues/${body.issues[0]?.id}`;
      });

      it('moves along the ways there are, and stays for the others', async () => {
        const ways: [to: string, status: number][] = [
          ['OPEN', 200],
          ['IN_PROGRESS', 200],
          ['IN_PROGRESS', 200],
          ['OPEN', 200],
          ['RESOLVED', 200],
          ['RESOLVED', 200],
          ['IN_PROGRESS', 409],
          ['OPEN', 200],
          ['IN_PROGRESS', 200],
          ['RESOLVED', 200],
        ];
        for (const [to, expected] of ways) {
          const before = await status();
          const changed = await served.project.patch<{ status: string }>(path, { status: to });
          expect([to, changed.status]).toEqual([to, expected]);
          expect(await status()).toBe(expected === 200 ? to : before);
        }
        const resolved = await served.project.get<IssuesAnswer>('/api/v1/issues?status=RESOLVED');
        expect(resolved.body.total).toBe(1);
        const open = await served.project.get<IssuesAnswer>('/api/v1/issues?status=OPEN&status=IN_PROGRESS');
        expect(open.body.total).toBe(0);
      });

      it('changes for one of two who saw the same', async () => {
        const changes = await Promise.all(
          ['RESOLVED', 'IN_PROGRESS'].map((to) =>
            served.project.patch(path, { status: to, expected_status: 'OPEN' }),
          ),
        );
        expect(new Set(changes.map((change) => change.status))).toEqual(new Set([200, 409]));
        const { body } = await served.project.patch<{ detail: string }>(path, {
          status: 'OPEN',
          expected_status: 'OPEN',
        });
        expect(body.detail).toMatch(/^the issue is (RESOLVED|IN_PROGRESS) by now, not OPEN$/);
      });

      it('is open again when it happens after it was resolved, not when an older entry arrives', async () => {
        await served.project.patch(path, { status: 'RESOLVED' });
        await served.project.post([at('2026-11-22T11:00:00Z')]);
        expect(await status()).toBe('RESOLVED');
        await served.project.post([at(new Date(Date.now() + 60_000).toISOString())]);
        expect(await status()).toBe('OPEN');
      });

      it.each([
        [{}, "must have required property 'status'"],
        [{ status: 'CLOSED' }, 'status must be one of OPEN, IN_PROGRESS, RESOLVED'],
        [{ status: 'OPEN', count: 1 }, 'there is no field count'],
        ['OPEN', 'must be object'],
      ])('is not changed by %j', async (body, reason) => {
        const answer = await served.project.patch<{ detail: string }>(path, body);
        expect(answer.status).toBe(422);
        expect(answer.body.detail).toContain(reason);
      });
    });
  });
}
