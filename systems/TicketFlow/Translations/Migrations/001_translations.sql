create table translation (
  inquiry_id uuid primary key,
  language text not null,
  outcome text not null,
  provider text,
  title text,
  description text,
  reason text,
  at timestamptz not null,
  times int not null default 1
);
