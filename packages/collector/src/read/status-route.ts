import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../http-problem.ts';
import type { IssueRecord, IssueStatus } from './answers.ts';
import { idSchema, issueId, issueSchema, statusChangeSchema } from './answer-schemas.ts';
import { issueColumns } from './issue-records.ts';
import type { ReadParts } from './read-routes.ts';

/** From which states a state can be reached. What is done must be opened again before anybody works on it. */
const comesFrom: Readonly<Record<IssueStatus, readonly IssueStatus[]>> = {
  OPEN: ['IN_PROGRESS', 'RESOLVED'],
  IN_PROGRESS: ['OPEN'],
  RESOLVED: ['OPEN', 'IN_PROGRESS'],
};

interface StatusChange {
  status: IssueStatus;
  /** Changes nothing unless the issue is in this state: somebody else, or its coming back, may have been faster. */
  expected_status?: IssueStatus;
}

/** `PATCH /api/v1/issues/{id}`: moves an issue on. Asking for the state it is in changes nothing and succeeds. */
export function addStatusRoute(app: FastifyInstance, { database }: ReadParts): void {
  app.patch<{ Params: { id: number }; Body: StatusChange }>(
    '/api/v1/issues/:id',
    {
      schema: {
        tags: ['issues'],
        summary: 'Changes the status of an issue',
        description:
          'OPEN to IN_PROGRESS or RESOLVED, IN_PROGRESS to OPEN or RESOLVED, RESOLVED to OPEN; 409 for anything else, and when `expected_status` is given and the issue is in another state. Asking for the state it is in succeeds.',
        params: idSchema(issueId),
        body: statusChangeSchema,
        response: { 200: issueSchema },
      },
    },
    async ({ params, body, project }): Promise<IssueRecord> => {
      const { status, expected_status: expected } = body;
      const from = comesFrom[status].filter((one) => expected === undefined || one === expected);
      // One statement decides and writes, so that of two changes at the same moment the second sees the first.
      const [changed] = await database.query<IssueRecord>(
        `update issues set status = $3::text::issue_status,
           resolved_at = case when $3::text = 'RESOLVED' then now() end
         where project_id = $1 and id = $2 and status = any($4::text[]::issue_status[])
         returning ${issueColumns}`,
        [project, params.id, status, from],
      );
      if (changed !== undefined) return changed;

      const [issue] = await database.query<IssueRecord>(
        `select ${issueColumns} from issues where project_id = $1 and id = $2`,
        [project, params.id],
      );
      if (issue === undefined) throw new HttpProblem(404, 'there is no such issue');
      if (issue.status === status) return issue;
      throw new HttpProblem(
        409,
        expected !== undefined && issue.status !== expected
          ? `the issue is ${issue.status} by now, not ${expected}`
          : `an issue cannot go from ${issue.status} to ${status}`,
      );
    },
  );
}
