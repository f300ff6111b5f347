-- Streams: logs of events that nobody takes anything out of.

create table faultline_queue.stream (
  id          integer  generated always as identity primary key,
  name        text     not null unique,
  age_max     interval not null,
  bytes_max   bigint   not null,
  -- Counts up under the lock of this row, which a sender holds to its commit: so offsets have no gaps, and their order is the order of commits.
  next_offset bigint   not null default 0,
  -- Bytes of all bodies that were ever appended.
  bytes       bigint   not null default 0
) with (fillfactor = 50);

create table faultline_queue.stream_binding (
  exchange  text    not null references faultline_queue.exchange (name),
  type      text    not null,
  stream_id integer not null references faultline_queue.stream (id) on delete cascade,
  primary key (exchange, type, stream_id)
);

create table faultline_queue.stream_event (
  stream_id      integer     not null,
  at_offset      bigint      not null,
  -- Bytes of all bodies up to and with this one: what is too old by size is found without adding up.
  bytes          bigint      not null,
  appended_at    timestamptz not null default clock_timestamp(),
  message_id     uuid,
  type           text,
  version        integer,
  key            text,
  publisher      text,
  causation_id   uuid,
  correlation_id text,
  trace_parent   text,
  sent_at        timestamptz,
  headers        text,
  digest         bigint,
  body           bytea,
  primary key (stream_id, at_offset)
) with (autovacuum_vacuum_scale_factor = 0.05);

alter table faultline_queue.stream_event alter column body set storage external;
