-- Who people are and what they answer for: exceptions name them, roles decide, owners and managers are asked. All of it is
-- folded from the journal; names are for reading and never keys.
create table person (
  id text primary key,
  version integer not null,
  state jsonb not null,
  -- Slug of the estate file, where a file names the person.
  key text unique,
  -- Lower case and compared by code point, so that a cursor means the same on every server.
  sort_name text collate "C" not null,
  active boolean not null,
  roles text[] not null,
  unit text,
  manager text,
  deputy text,
  search tsvector not null
);
create index person_by_name on person (sort_name, id);
create index person_roles on person using gin (roles) where roles <> '{}';
create index person_manager on person (manager) where manager is not null;
create index person_deputy on person (deputy) where deputy is not null;
create index person_search on person using gin (search);

-- An account belongs to one person, however many imports run at the same moment.
create table person_account (
  connection text not null,
  key text not null,
  person text not null references person (id),
  primary key (connection, key)
);
create index person_account_by_person on person_account (connection, person);

create table team (
  id text primary key,
  version integer not null,
  state jsonb not null,
  key text not null unique,
  sort_name text collate "C" not null,
  status text not null check (status in ('active', 'dissolved')),
  members text[] not null,
  lead text,
  search tsvector not null
);
create index team_by_name on team (sort_name, id);
create index team_members on team using gin (members);

create table delegation (
  id text primary key,
  version integer not null,
  state jsonb not null,
  from_person text not null references person (id),
  to_person text not null references person (id),
  valid_from timestamptz not null,
  valid_until timestamptz not null,
  role text,
  revoked boolean not null,
  check (valid_from < valid_until and from_person <> to_person)
);
create index delegation_from on delegation (from_person, valid_until);
create index delegation_to on delegation (to_person, valid_until);

-- One organisation in a database: its id is always the same.
create table organisation (
  id text primary key,
  version integer not null,
  state jsonb not null
);

create table application (
  id text primary key,
  version integer not null,
  state jsonb not null,
  key text not null unique,
  sort_name text collate "C" not null,
  owner text not null references person (id),
  tier smallint not null check (tier between 1 and 4),
  status text not null check (status in ('active', 'migrated', 'retired')),
  search tsvector not null
);
create index application_by_name on application (sort_name, id);
create index application_owner on application (owner);

create table device_class (
  id text primary key,
  version integer not null,
  state jsonb not null,
  key text not null unique,
  sort_name text collate "C" not null,
  lead text not null references person (id),
  status text not null check (status in ('active', 'retired')),
  search tsvector not null
);
create index device_class_by_name on device_class (sort_name, id);

create table vendor (
  id text primary key,
  version integer not null,
  state jsonb not null,
  key text not null unique,
  sort_name text collate "C" not null,
  manager text not null references person (id),
  search tsvector not null
);
create index vendor_by_name on vendor (sort_name, id);
