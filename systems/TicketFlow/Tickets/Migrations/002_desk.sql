alter table ticket
  add column kind text,
  add column severity text,
  add column assignee_id uuid,
  add column block_reason text,
  add column blocked_at timestamptz,
  add column resolved_at timestamptz,
  add column sla_revision int not null default 0,
  add column agreement text,
  add column due_at timestamptz,
  add column blocked_ms bigint not null default 0,
  add column stopped_at timestamptz,
  add column outcome text,
  add column breaches int not null default 0;

alter table step add column by text, add column detail text;

create table person (
  id uuid primary key,
  email text not null unique,
  name text not null,
  role text not null check (role in ('agent', 'supervisor')),
  password_hash text not null
);

-- The sample desk. Everybody has the password 'ticketflow' (PBKDF2 with HMAC-SHA512, 100,000 rounds, a salt each).
insert into person (id, email, name, role, password_hash) values
  ('0199a000-0000-7000-8000-000000000001', 'ruth.okafor@desk.example', 'Ruth Okafor', 'supervisor', 'AQAAAAIAAYagAAAAEFbaHpXcEBncQOChlPqjw0NtAzg6S3BCDAJYY4EBUBF/VTaQoLPBq7Qh605yPg3ZtA=='),
  ('0199a000-0000-7000-8000-000000000002', 'hans.lindqvist@desk.example', 'Hans Lindqvist', 'supervisor', 'AQAAAAIAAYagAAAAEPPtZGKLaEnsJs2Ql7ye+kIAg6Smi9AEeTmb92ZXO1+Iks1T/hqwBxLZxxD5c8tBHQ=='),
  ('0199a000-0000-7000-8000-000000000003', 'ana.prieto@desk.example', 'Ana Prieto', 'agent', 'AQAAAAIAAYagAAAAEAXUBVDpAfP2K6ZwXib36sHCwpQvgKdjJ9bXPNVqEbswK1GrSIaYNYGhwqEl34YI/w=='),
  ('0199a000-0000-7000-8000-000000000004', 'tomasz.baran@desk.example', 'Tomasz Baran', 'agent', 'AQAAAAIAAYagAAAAEONcoQy0DJUgizxLlR7bTJ9z57MwvfjNJSlcgSbaIww3LviXjsEbzWeXHfM6ZYXtUA=='),
  ('0199a000-0000-7000-8000-000000000005', 'mei.tanaka@desk.example', 'Mei Tanaka', 'agent', 'AQAAAAIAAYagAAAAEFdsLRuiHeyTH6nbgPaV4TjoB8Q3IvledZI8nQMGKqvx4ScOHVnV5rCyqiFypbtFaw=='),
  ('0199a000-0000-7000-8000-000000000006', 'omar.haddad@desk.example', 'Omar Haddad', 'agent', 'AQAAAAIAAYagAAAAEDSPevnCbUoLng3PoqdKh9028IekwRh+MQkGb8qn+KMLYnw6H1aKcoCFjQfsIlfSGA=='),
  ('0199a000-0000-7000-8000-000000000007', 'lucy.brennan@desk.example', 'Lucy Brennan', 'agent', 'AQAAAAIAAYagAAAAEP0IqHRDWa1v8StpSZSkE2nznAEebLerx2Puv9B/qZDSJKHdgxdPKry1FohaWw9/OA=='),
  ('0199a000-0000-7000-8000-000000000008', 'pavel.marek@desk.example', 'Pavel Marek', 'agent', 'AQAAAAIAAYagAAAAECmes7bSzn6nKiT4UQiUw4qU/cmIIXbdbM95c7CwCAsXHuhTe8vqw8MRX1EhhPBOWw==');

alter table ticket add foreign key (assignee_id) references person (id);

-- What was said to and by the customer after the inquiry; only ever added.
create table talk (
  id uuid primary key,
  ticket_id uuid not null references ticket (id),
  kind text not null check (kind in ('customer', 'agent', 'resolution')),
  author text not null,
  text text not null,
  language text not null,
  at timestamptz not null
);
create index talk_of_ticket on talk (ticket_id, at);

-- Translations come from another service, so one may be here before what it translates.
create table talk_translation (
  text_id uuid primary key,
  language text not null,
  text text,
  translator text not null,
  is_rough_aid boolean not null,
  not_translated text
);

create table note (
  id uuid primary key,
  ticket_id uuid not null references ticket (id),
  author text not null,
  text text not null,
  at timestamptz not null
);
create index note_of_ticket on note (ticket_id, at);

-- Messages that went to people: alerts, reminders, answers.
create table notice (
  id text primary key,
  kind text not null,
  ticket_id uuid,
  recipients text not null,
  subject text not null,
  text text not null,
  at timestamptz not null
);
create index notice_by_time on notice (at desc, id);
