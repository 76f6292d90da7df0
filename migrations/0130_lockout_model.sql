-- What sign-ins hang on, what fails together, and what must be possible on a bad day: the model of the lock-out analysis, folded
-- from the journal like everything else of the estate.
create table component (
  id text primary key,
  version integer not null,
  state jsonb not null,
  key text not null unique,
  sort_name text collate "C" not null,
  kind text not null,
  layer text not null,
  owner text references person (id),
  connection text,
  status text not null check (status in ('active', 'retired')),
  -- Keys of the components it needs.
  needs text[] not null,
  search tsvector not null
);
create index component_by_name on component (sort_name, id);
create index component_owner on component (owner) where owner is not null;
create index component_needs on component using gin (needs) where needs <> '{}';

create table common_cause (
  id text primary key,
  version integer not null,
  state jsonb not null,
  key text not null unique,
  sort_name text collate "C" not null,
  kind text not null,
  status text not null check (status in ('active', 'retired')),
  needs text[] not null,
  search tsvector not null
);
create index common_cause_by_name on common_cause (sort_name, id);
create index common_cause_needs on common_cause using gin (needs);

create table operation (
  id text primary key,
  version integer not null,
  state jsonb not null,
  key text not null unique,
  sort_name text collate "C" not null,
  criticality smallint not null check (criticality between 1 and 4),
  application text,
  owner text references person (id),
  status text not null check (status in ('active', 'retired')),
  -- Keys of the components any of its paths needs.
  needs text[] not null,
  search tsvector not null
);
create index operation_by_name on operation (sort_name, id);
create index operation_owner on operation (owner) where owner is not null;
create index operation_needs on operation using gin (needs);

-- Counts the changes of the model as a whole. Whoever changes it takes it on from the version they looked at, since what one
-- change refers to another may be retiring, and two that are right alone may close a circle together.
create table lockout_model (
  is_one boolean primary key default true check (is_one),
  version bigint not null
);
insert into lockout_model (version) values (0);
