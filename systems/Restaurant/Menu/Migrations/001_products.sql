create table product (
  id text primary key,
  price numeric not null check (price > 0)
);

insert into product (id, price) values ('burger', 10), ('fries', 5), ('coke', 2.5);
