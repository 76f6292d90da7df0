-- Who answers for each way of signing in without a password, and who is on point when it fails: asked for by name, not by memory.
create table rota (
  id text primary key,
  version integer not null,
  state jsonb not null,
  key text not null unique,
  sort_name text collate "C" not null,
  status text not null check (status in ('active', 'retired'))
);
create index rota_by_name on rota (sort_name, id);

create table journey (
  id text primary key,
  version integer not null,
  state jsonb not null,
  -- What it is about, its population and its class of devices, in one text: journeys are listed by it.
  identity text collate "C" not null,
  status text not null check (status in ('active', 'retired')),
  rota text references rota (id),
  -- Everybody, every team and the rota that it names.
  seats text[] not null
);
create unique index journey_identity on journey (identity) where status = 'active';
create index journey_by_identity on journey (identity, id);
create index journey_rota on journey (rota) where rota is not null;
create index journey_seats on journey using gin (seats);

-- A calendar that another program keeps. Its address is a secret, and sealed; what was read of it is an observation that is made again,
-- not a decision, so it stands beside the journal.
create table rota_feed (
  rota text primary key references rota (id),
  sealed text not null,
  tried_at timestamptz,
  -- The last good reading: when, of which stretch of time, and what it said.
  read_at timestamptz,
  read_from timestamptz,
  read_until timestamptz,
  shifts jsonb,
  -- The last reading, where it failed.
  failed_at timestamptz,
  failed_words text
);
