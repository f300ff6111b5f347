-- Messages to people. The id says what one is for, so there is one of each; times counts how often it was asked for.
create table letter (
  id text primary key,
  kind text not null,
  ticket_id uuid,
  text_id uuid,
  recipients jsonb not null,
  subject text not null,
  text text not null,
  author text,
  at timestamptz not null,
  stored_at timestamptz not null,
  times int not null default 1,
  tries int not null default 0,
  -- Addresses whose part is done: the mail server has taken the letter for them, or never will.
  reached text[] not null default '{}',
  refused text[] not null default '{}',
  -- What went wrong last; kept when the letter was sent to some and not to others.
  error text,
  sent_at timestamptz,
  given_up_at timestamptz
);
create index letter_of_ticket on letter (ticket_id);
