-- What one statement stored is a group and has a number, which is announced on the channel tracehub_logs at its
-- commit: whoever follows the log asks for exactly the rows of that group. Rows from before have the number 0.

create sequence log_groups;

alter table logs add column seq bigint not null default 0;

create index logs_group on logs (seq) where seq > 0;

-- The first and the latest entries of an issue, which are its samples, without reading all of them.
create index logs_of_issue on logs (project_id, fingerprint, timestamp desc, id desc) where fingerprint is not null;
drop index logs_fingerprint;
