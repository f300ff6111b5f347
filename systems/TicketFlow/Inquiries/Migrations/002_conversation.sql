alter table entry add column author text, add column text_id uuid;

-- Translations come from another service, so one may be here before what it translates.
create table text_translation (
  text_id uuid primary key,
  language text not null,
  text text,
  translator text not null,
  is_rough_aid boolean not null
);
