/**
 * What the workbench keeps of every deployment, in the workspace database, open to SQL cells.
 * Keys are kept unique by replacing rows inside a transaction: list columns under an index would be slower
 * and DuckDB checks such constraints too eagerly within one.
 */
export const monitoringSchema = `
create schema if not exists monitoring;

create table if not exists monitoring.windows (
  deployment varchar not null,
  instance varchar not null,
  cursor bigint not null,
  model varchar not null,
  version integer not null,
  role varchar not null,
  layout_hash varchar not null,
  window_start timestamp not null,
  window_end timestamp not null,
  open boolean not null,
  requests bigint not null,
  rows bigint not null,
  statuses map(varchar, bigint) not null,
  latency bigint[] not null,
  latency_sum double not null,
  bytes_in bigint not null,
  bytes_out bigint not null,
  cpu_seconds double not null,
  memory_bytes double not null,
  event_loop_delay_ms double not null
);
comment on table monitoring.windows is 'One interval of one serving process; (deployment, instance, cursor) is unique. Times are UTC.';
comment on column monitoring.windows.role is 'active and canary answered requests; shadow was scored on a copy of them, which is no traffic';
comment on column monitoring.windows.latency is 'Requests per latency slot; upper bounds in seconds 0.0001 … 10, then slower';

create table if not exists monitoring.columns (
  deployment varchar not null,
  instance varchar not null,
  cursor bigint not null,
  role varchar not null,
  position integer not null,
  name varchar not null,
  counts bigint[] not null,
  n bigint not null,
  mean double not null,
  m2 double not null,
  min double,
  max double
);
comment on table monitoring.columns is 'Counts of one feature or output in one window, on the bins of the model''s baseline';

create table if not exists monitoring.predictions (
  deployment varchar not null,
  id varchar not null,
  time timestamp not null,
  model varchar not null,
  version integer not null,
  prediction varchar not null,
  probabilities double[]
);
comment on table monitoring.predictions is 'Logged predictions; (deployment, id) is unique. Probabilities are in the signature''s order of classes';

create table if not exists monitoring.feedback (
  deployment varchar not null,
  id varchar not null,
  time timestamp not null,
  actual varchar not null
);
comment on table monitoring.feedback is 'What turned out to be true, by the id of the prediction; the last one reported counts';

create table if not exists monitoring.models (
  deployment varchar not null,
  model varchar not null,
  version integer not null,
  layout_hash varchar not null,
  signature json not null,
  baseline json not null
);
comment on table monitoring.models is 'Signature and training baseline of every version that a deployment has served';

create table if not exists monitoring.pulls (
  deployment varchar not null,
  endpoint varchar not null,
  windows_cursor bigint not null,
  predictions_cursor bigint not null,
  pulled timestamp
);
comment on table monitoring.pulls is 'How far each deployment has been read';
`
