-- How many entries there are, so that a chart over a million of them need not count them. Kept by the database in
-- the transaction that stores them: counts and entries cannot disagree, whatever way entries come in.

create table log_counts (
  project_id integer not null,
  minute     timestamptz not null,
  level      log_level not null,
  -- Writers at work at the same time add to rows of their own, and need not wait for each other's commit.
  writer     smallint not null,
  count      bigint not null,
  primary key (project_id, minute, level, writer)
);

create table issue_counts (
  project_id  integer not null,
  fingerprint text not null,
  hour        timestamptz not null,
  count       bigint not null,
  primary key (project_id, fingerprint, hour)
);

create function count_entries() returns trigger language plpgsql as $$
begin
  -- In a fixed order, so that two transactions which add to the same rows cannot deadlock.
  insert into log_counts
  select project_id, date_trunc('minute', timestamp, 'UTC'), level, pg_backend_pid() % 8, count(*)
  from stored group by 1, 2, 3 order by 1, 2, 3
  on conflict (project_id, minute, level, writer) do update set count = log_counts.count + excluded.count;

  insert into issue_counts
  select project_id, fingerprint, date_trunc('hour', timestamp, 'UTC'), count(*)
  from stored where fingerprint is not null group by 1, 2, 3 order by 1, 2, 3
  on conflict (project_id, fingerprint, hour) do update set count = issue_counts.count + excluded.count;
  return null;
end
$$;

create trigger logs_counted after insert on logs
  referencing new table as stored for each statement execute function count_entries();

insert into log_counts
select project_id, date_trunc('minute', timestamp, 'UTC'), level, 0, count(*) from logs group by 1, 2, 3;

insert into issue_counts
select project_id, fingerprint, date_trunc('hour', timestamp, 'UTC'), count(*)
from logs where fingerprint is not null group by 1, 2, 3;
