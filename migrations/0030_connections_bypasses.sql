-- Connections to identity providers, and every bypass that was ever seen through one.
create table connection (
  id text primary key,
  version integer not null,
  state jsonb not null,
  key text not null unique,
  status text not null check (status in ('connected', 'removed')),
  -- Facts of running, not of the record: what the last full read and the last look at the provider's log gave.
  scanned_at timestamptz,
  scan_words text,
  changes_cursor text
);

-- The sealed secret lives apart from the journalled state: it is rotated and destroyed, never kept.
create table connection_secret (
  connection text primary key references connection (id),
  sealed text not null
);

create table bypass (
  id text primary key,
  version integer not null,
  state jsonb not null,
  connection text not null references connection (id),
  key text not null,
  status text not null check (status in ('unregistered', 'registered', 'claimed', 'escalated', 'removed', 'gone')),
  policy text,
  subject_key text not null,
  subject_name text not null,
  form text not null,
  critical boolean not null,
  exception text,
  first_seen_at timestamptz not null,
  claim_until timestamptz,
  -- Updated at every read without a journal entry: that it is still there is no news.
  last_seen_at timestamptz not null,
  unique (connection, key)
);
create index bypass_open on bypass (status, critical desc, first_seen_at, id);
create index bypass_claim on bypass (claim_until) where status = 'unregistered';
create index bypass_subject on bypass (connection, subject_key);
