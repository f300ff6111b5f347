-- Control state of one service: which anomalies and guards are set, how often each anomaly matched and fired, and what fired.
create schema if not exists faultline;

-- One row. Each change to anomalies or guards locks it first, so changes happen one after the other and a higher version is a later state.
create table faultline.control_version (
  only_row boolean primary key default true check (only_row),
  version bigint not null
);
insert into faultline.control_version (version) values (0);

-- The counters stand beside the configuration: a claim locks this row, so 'once' is once over all instances.
create table faultline.anomaly (
  place bigint generated always as identity primary key, -- creation order
  id uuid not null unique,
  config jsonb not null,
  expires_at timestamptz,
  matched bigint not null default 0,
  fired bigint not null default 0,
  last_fired_at timestamptz
) with (fillfactor = 50); -- room for the counters to be updated in place

-- No reference to the anomaly: the record outlives it.
create table faultline.firing (
  id bigint generated always as identity primary key,
  claim_id uuid not null,
  anomaly_id uuid not null,
  service text not null,
  instance text not null,
  point text not null,
  kind text not null,
  match bigint not null,
  message_id uuid,
  message_type text,
  key text,
  operation_id text,
  attempt integer not null,
  at timestamptz not null
);
create index firing_claim on faultline.firing (claim_id); -- asked when a commit ended in doubt
create index firing_at on faultline.firing using brin (at); -- old ones are removed by time

-- A guard without a row is on.
create table faultline.guard (
  name text primary key,
  is_on boolean not null,
  changed_at timestamptz not null
);
