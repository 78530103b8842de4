-- Errors of one service, newest first: among the errors of all, and among all that the service writes, they are few.

create index logs_errors_of_service on logs (project_id, service, timestamp desc)
  where fingerprint is not null and service is not null;
