-- Keys of two kinds: one lets a sender write into its project, the other lets somebody read it.

create type key_kind as enum ('ingest', 'read');

alter table api_keys
  add column kind key_kind not null default 'ingest',
  -- First characters of the key, for the person who has to tell keys apart.
  add column hint text not null default '',
  add column revoked_at timestamptz;

create index api_keys_of_project on api_keys (project_id);
