create table customer_order (
  id uuid primary key,
  customer_id text not null,
  placed_at timestamptz not null,
  discount numeric not null,
  amount numeric not null,
  told_at timestamptz
);
create index customer_order_of_customer on customer_order (customer_id, placed_at);

-- No foreign key, on purpose: without the 'transaction' guard an order and its items are stored apart, and the checks must see what that leaves behind.
create table order_item (
  order_id uuid not null,
  place int not null,
  product_id text not null,
  quantity int not null,
  price numeric not null,
  primary key (order_id, place)
);
