-- Entries the database refused after a sender had been told they are safe: only with a queue between the two.
-- They are kept as they came (a line of COPY), since the text may be the very reason why no other column takes it.

create table refused_entries (
  digest     bytea primary key,
  refused_at timestamptz not null default now(),
  reason     text not null,
  line       bytea not null
);
