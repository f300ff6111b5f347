create schema if not exists faultline;

-- Ids rise in the order of commits within a key: writers hold the key's slot lock from the insert to the commit.
create table faultline.outbox (
  id bigint generated always as identity primary key,
  message_id uuid not null,
  type text not null,
  version int not null,
  key text,
  publisher text not null,
  causation_id uuid,
  correlation_id text,
  trace_parent text,
  sent_at timestamptz not null,
  headers text,
  digest bigint not null,
  body bytea not null
) with (fillfactor = 100, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);

create table faultline.inbox (
  message_id uuid primary key,
  noted_at timestamptz not null default clock_timestamp()
);
create index inbox_noted_at on faultline.inbox using brin (noted_at);

create table faultline.parked (
  id bigint generated always as identity primary key,
  message_id uuid not null unique,
  partition int not null,
  attempt int not null,
  due_at timestamptz not null,
  history text[] not null,
  parked_at timestamptz not null default clock_timestamp(),
  type text not null,
  version int not null,
  key text,
  publisher text not null,
  causation_id uuid,
  correlation_id text,
  trace_parent text,
  sent_at timestamptz not null,
  headers text,
  digest bigint not null,
  body bytea not null
);
create index parked_lane on faultline.parked (partition, key, id);

-- Handlings that began alone and have neither succeeded nor failed: the process died in them.
create table faultline.handling (
  message_id uuid primary key,
  begun int not null
);

create table faultline.dead_letter (
  id bigint generated always as identity primary key,
  message_id uuid unique,
  raw_tag bigint unique,
  raw bytea,
  outgoing boolean not null,
  reason text not null,
  attempts int not null,
  history text[] not null,
  at timestamptz not null default clock_timestamp(),
  discarded_at timestamptz,
  type text,
  version int,
  key text,
  publisher text,
  causation_id uuid,
  correlation_id text,
  trace_parent text,
  sent_at timestamptz,
  headers text,
  digest bigint,
  body bytea
);

create table faultline.schedule (
  message_id uuid primary key,
  name text unique,
  due_at timestamptz not null,
  type text not null,
  version int not null,
  key text,
  publisher text not null,
  causation_id uuid,
  correlation_id text,
  trace_parent text,
  sent_at timestamptz not null,
  headers text,
  digest bigint not null,
  body bytea not null
);
create index schedule_due on faultline.schedule (due_at, message_id);

create table faultline.ownership (
  partition int primary key,
  epoch bigint not null,
  instance text not null,
  taken_at timestamptz not null default clock_timestamp()
);

create table faultline.leader (
  one boolean primary key default true check (one),
  instance text not null,
  backend int not null,
  beat_at timestamptz not null
);

-- What business transactions say they did, whatever the guards; written only while a lab watches.
create table faultline.audit (
  position bigint generated always as identity primary key,
  fact smallint not null,
  message_id uuid not null,
  type text not null,
  version int not null,
  key text,
  causation_id uuid,
  correlation_id text,
  instance text not null,
  attempt int not null,
  injected boolean not null,
  at timestamptz not null default clock_timestamp()
);

create table faultline.idempotency (
  key text primary key,
  fingerprint bytea not null,
  status int,
  reply bytea,
  content_type text,
  location text,
  at timestamptz not null default clock_timestamp()
);
