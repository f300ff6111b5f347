create table inquiry (
  id uuid primary key,
  link text not null unique,
  name text not null,
  email text not null,
  title text not null,
  description text not null,
  category text not null,
  language text not null,
  confidence double precision not null,
  status text not null,
  ticket_version int not null,
  submitted_at timestamptz not null
);

-- The conversation as the customer sees it; entries are only ever added.
create table entry (
  id bigint generated always as identity primary key,
  inquiry_id uuid not null references inquiry (id),
  kind text not null,
  text text not null,
  ticket_version int not null,
  message_id uuid,
  at timestamptz not null
);
create index entry_of_inquiry on entry (inquiry_id, id);
