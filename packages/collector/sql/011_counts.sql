-- How many entries there are, so that a chart over a million of them need not count them. Kept by the database in
-- the transaction that stores them: counts and entries cannot disagree, whatever way entries come in.

create type count_unit as enum ('minute', 'hour');

create table log_counts (
  project_id integer not null,
  -- Every entry is in both: a month has 43,200 minutes, too many to add up while somebody waits, and 720 hours.
  unit       count_unit not null,
  start      timestamptz not null,
  level      log_level not null,
  -- Writers at work at the same time add to rows of their own, and need not wait for each other's commit.
  writer     smallint not null,
  count      bigint not null,
  primary key (project_id, unit, start, level, writer)
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
  select project_id, unit, date_trunc(unit::text, timestamp, 'UTC'), level, pg_backend_pid() % 8, count(*)
  from stored, unnest(enum_range(null::count_unit)) as unit group by 1, 2, 3, 4 order by 1, 2, 3, 4
  on conflict (project_id, unit, start, level, writer) do update set count = log_counts.count + excluded.count;

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
select project_id, unit, date_trunc(unit::text, timestamp, 'UTC'), level, 0, count(*)
from logs, unnest(enum_range(null::count_unit)) as unit group by 1, 2, 3, 4;

insert into issue_counts
select project_id, fingerprint, date_trunc('hour', timestamp, 'UTC'), count(*)
from logs where fingerprint is not null group by 1, 2, 3;
