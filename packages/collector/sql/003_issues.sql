-- ERROR and FATAL entries of one kind, found by their fingerprint and counted.

create type issue_status as enum ('OPEN', 'IN_PROGRESS', 'RESOLVED');

create table issues (
  id           bigint generated always as identity primary key,
  project_id   integer not null,
  fingerprint  text not null,
  title        text not null,
  error_type   varchar(255),
  level        log_level not null,
  status       issue_status not null default 'OPEN',
  count        bigint not null,
  first_seen   timestamptz not null,
  last_seen    timestamptz not null,
  sample_stack text,
  unique (project_id, fingerprint)
);

create index issues_newest on issues (project_id, last_seen desc, id desc);
