create table ticket (
  id uuid primary key,
  state text not null,
  version int not null,
  customer text not null,
  email text not null,
  title text not null,
  description text not null,
  category text not null,
  language text not null,
  english_title text,
  english_description text,
  translator text,
  is_rough_aid boolean not null,
  mark text,
  created_at timestamptz not null
);

-- Translations that came before their inquiry; kept until it comes.
create table early_translation (
  inquiry_id uuid primary key,
  outcome text not null,
  title text,
  description text,
  translator text,
  is_rough_aid boolean not null,
  reason text
);

-- What happened to a ticket, in order; entries are only ever added.
create table step (
  id bigint generated always as identity primary key,
  ticket_id uuid not null,
  event text not null,
  from_state text,
  to_state text not null,
  version int not null,
  at timestamptz not null
);
create index step_of_ticket on step (ticket_id, id);
