-- When an issue was resolved: an entry from later opens it again, a late copy of an older one does not.

alter table issues add column resolved_at timestamptz;
update issues set resolved_at = now() where status = 'RESOLVED';
