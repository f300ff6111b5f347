-- One row for each order: told twice, it still counts once.
create table known_order (
  order_id uuid primary key,
  customer_id text not null,
  placed_at timestamptz not null,
  noted_at timestamptz not null
);
create index known_order_of_customer on known_order (customer_id);
