-- Sample inquiries that are gone: what is still on its way about one of them is about nothing.
create table removed_sample (id uuid primary key);
