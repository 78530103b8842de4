import { lineColumnNames as names } from './copy-line.ts';
import { logsChannel } from './database.ts';

/**
 * Stores the rows of `incoming`, counts them for their issues and announces them, in one statement, hence in one
 * transaction; gives how many were new, and what senders report in them as dropped. Only those come out of the insert, so a batch sent twice counts once. Rows
 * and issues are locked in the order of their keys: two writers with the same ones wait for each other instead of
 * deadlocking. A resolved issue is open again when it happened after that, not when an older entry arrives late.
 */
export const storeStatement: string = `
with stored as (
  insert into logs (seq, ${names})
  select (select nextval('log_groups')), ${names} from incoming
  order by project_id, timestamp, id
  on conflict do nothing
  returning seq, project_id, fingerprint, timestamp, level, message, error_type, stack_trace,
    case when module = 'tracehub' then extra -> 'tracehub_dropped' end as dropped
),
counted as (
  insert into issues (project_id, fingerprint, title, error_type, level, count, first_seen, last_seen, sample_stack)
  select project_id, fingerprint,
    (array_agg(coalesce(nullif(error_type, ''), left(message, 300)) order by timestamp))[1],
    min(nullif(error_type, '')),
    (array_agg(level order by timestamp))[1],
    count(*), min(timestamp), max(timestamp),
    (array_agg(stack_trace order by timestamp desc))[1]
  from stored
  where fingerprint is not null
  group by project_id, fingerprint
  order by project_id, fingerprint
  on conflict (project_id, fingerprint) do update set
    count = issues.count + excluded.count,
    first_seen = least(issues.first_seen, excluded.first_seen),
    last_seen = greatest(issues.last_seen, excluded.last_seen),
    sample_stack = case when excluded.last_seen >= issues.last_seen
      then coalesce(excluded.sample_stack, issues.sample_stack) else issues.sample_stack end,
    (status, resolved_at) = (
      select case when back then 'OPEN' else issues.status end, case when back then null else issues.resolved_at end
      from (select issues.status = 'RESOLVED'
        and excluded.last_seen > coalesce(issues.resolved_at, '-infinity') as back) as judged)
)
select count(*)::int as stored,
  coalesce(jsonb_agg(dropped) filter (where dropped is not null), '[]') as dropped,
  case when count(*) > 0 then pg_notify('${logsChannel}', max(seq)::text) end as announced
from stored`;
