-- Sample inquiries that are gone: what is still on its way about one of them is about nothing.
create table removed_sample (id uuid primary key);
alter table ticket add column is_sample boolean not null default false;
