-- Who may write, and what belongs together. A key is kept only as its SHA-256.

create table projects (
  id         integer generated always as identity primary key,
  name       text not null unique,
  created_at timestamptz not null default now()
);

create table api_keys (
  key_hash   bytea primary key,
  project_id integer not null references projects,
  name       text not null,
  active     boolean not null default true,
  created_at timestamptz not null default now()
);
