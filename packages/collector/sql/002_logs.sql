-- The entries, one partition per month of `timestamp` (made by the collector when a month first occurs).

create type log_level as enum ('DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL');

create table logs (
  project_id    integer not null,
  id            varchar(128) not null,
  timestamp     timestamptz not null,
  level         log_level not null,
  message       text not null,
  service       varchar(150),
  environment   varchar(50),
  host          varchar(255),
  pid           integer,
  thread_id     varchar(100),
  sdk_version   varchar(30),
  trace_id      varchar(64),
  module        varchar(100),
  error_type    varchar(255),
  error_message text,
  stack_trace   text,
  extra         jsonb,
  fingerprint   text,
  received_at   timestamptz not null default now(),
  -- A tsvector holds 1 MiB at most, and words cost up to 2.9 times their text in it; these prefixes stay
  -- below that for every class of text, so no message is too long to be stored.
  search        tsvector not null generated always as (
    to_tsvector('simple',
      left(message, 65536) || ' ' || left(coalesce(error_message, ''), 32768) || ' ' ||
      coalesce(error_type, '') || ' ' || coalesce(service, '') || ' ' || coalesce(module, ''))
  ) stored
) partition by range (timestamp);

-- Stored once: the same entry sent again meets this and is left out.
create unique index logs_once on logs (project_id, id, timestamp);

create index logs_newest on logs (project_id, timestamp desc, id desc);
create index logs_trace on logs (project_id, trace_id) where trace_id is not null;
create index logs_fingerprint on logs (project_id, fingerprint) where fingerprint is not null;
create index logs_search on logs using gin (search);
