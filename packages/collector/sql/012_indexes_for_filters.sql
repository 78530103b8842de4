-- Entries of one service, and errors among the other entries, newest first: without these a service that writes little
-- is looked for in everything there is.

create index logs_of_service on logs (project_id, service, timestamp desc) where service is not null;
create index logs_errors on logs (project_id, timestamp desc, id desc) where fingerprint is not null;
