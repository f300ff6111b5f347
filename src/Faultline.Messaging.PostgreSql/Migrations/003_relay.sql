-- Who wrote a row: with it the relay finds what became visible after rows with higher ids, by index and without reading the dead entries of deleted rows again.
alter table faultline.outbox add column xact xid8 not null default pg_current_xact_id();
create index outbox_xact on faultline.outbox (xact);

-- What no end came for (the store was away at that moment) is removed with the inbox's old rows.
alter table faultline.handling add column begun_at timestamptz not null default clock_timestamp();

create index idempotency_at on faultline.idempotency using brin (at); -- old ones are removed by time

-- A fault that acts by chance draws anew for a message that it has hit before.
create index firing_hit on faultline.firing (anomaly_id, (coalesce(operation_id, message_id::text)));
