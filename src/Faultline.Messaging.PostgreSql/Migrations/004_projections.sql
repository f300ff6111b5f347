-- Where each projection stands in its stream; written in the transaction of its rows.
create table faultline.projection (
  name text primary key,
  next_offset bigint not null,
  moved_at timestamptz not null default clock_timestamp()
) with (fillfactor = 50);

-- The messages that a projection has seen: relays send again what they are not sure of, and the stream then holds it twice.
create table faultline.projection_seen (
  projection text not null,
  message_id uuid not null,
  noted_at timestamptz not null default clock_timestamp(),
  primary key (projection, message_id)
);
create index projection_seen_noted_at on faultline.projection_seen using brin (noted_at);
