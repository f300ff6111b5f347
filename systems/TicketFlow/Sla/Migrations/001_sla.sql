-- How long an answer may take, from the creation of the ticket; and after which time the alert of a breach is repeated first, each further time twice as long.
create table agreement (
  name text primary key,
  repeat_after interval not null
);
create table agreement_time (
  agreement text not null references agreement (name),
  severity text not null,
  allowed interval not null check (allowed > interval '0'),
  primary key (agreement, severity)
);
insert into agreement (name, repeat_after) values ('standard', '2 minutes'), ('premium', '2 minutes'), ('vip', '2 minutes'), ('brief', '2 seconds');
insert into agreement_time (agreement, severity, allowed) values
  ('standard', 'low', '7 days'), ('standard', 'medium', '3 days'), ('standard', 'high', '1 day'), ('standard', 'critical', '1 hour'),
  ('premium', 'low', '2 days'), ('premium', 'medium', '1 day'), ('premium', 'high', '4 hours'), ('premium', 'critical', '15 minutes'),
  ('vip', 'low', '30 minutes'), ('vip', 'medium', '15 minutes'), ('vip', 'high', '3 minutes'), ('vip', 'critical', '1 minute'),
  -- For the lab: real deadlines, in seconds.
  ('brief', 'low', '12 seconds'), ('brief', 'medium', '8 seconds'), ('brief', 'high', '4 seconds'), ('brief', 'critical', '2 seconds');

-- Who has signed which agreement, by the domain of the customer's address; everybody else has the standard one.
create table signed_agreement (
  domain text primary key,
  company text not null,
  agreement text not null references agreement (name)
);
insert into signed_agreement (domain, company, agreement) values
  ('premium.example', 'Premium Example', 'premium'),
  ('vip.example', 'VIP Example', 'vip'),
  ('northwind.example', 'Northwind Traders', 'premium'),
  ('fabrikam.example', 'Fabrikam', 'vip'),
  ('contoso.example', 'Contoso', 'premium'),
  ('brief.example', 'The lab', 'brief');

create table deadline (
  ticket_id uuid primary key,
  version int not null,
  revision int not null,
  plan int not null,
  agreement text not null,
  severity text not null,
  title text not null,
  created_at timestamptz not null,
  allowed interval not null,
  repeat_after interval not null,
  blocked interval not null,
  stopped_at timestamptz,
  resolved_at timestamptz,
  resolved_seen_at timestamptz,
  outcome text not null,
  breaches int not null,
  assignee_name text,
  assignee_email text,
  supervisors text not null
);

-- What people were told of a ticket's time; only ever added.
create table told (
  id bigint generated always as identity primary key,
  ticket_id uuid not null references deadline (ticket_id),
  kind text not null check (kind in ('reminder', 'breach')),
  step int not null,
  due_at timestamptz not null,
  at timestamptz not null,
  unique (ticket_id, kind, step)
);
