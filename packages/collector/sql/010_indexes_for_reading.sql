-- What reading needs, at the least cost to storing: one index does what two did, and each of the others is small.

-- Time first: new entries go to the end of the index, and the lists, newest first, read it backwards.
drop index logs_once, logs_newest;
create unique index logs_once on logs (project_id, timestamp, id);
create index logs_id on logs (id);

-- Answers "extra contains": one entry of the index for each value in it.
create index logs_extra on logs using gin (extra jsonb_path_ops);

-- What senders report as given up; next to nothing is in it.
create index logs_gaps on logs (project_id, timestamp)
  where module = 'tracehub' and jsonb_exists(extra, 'tracehub_dropped');
