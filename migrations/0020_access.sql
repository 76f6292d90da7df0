-- How people prove who they are: passkeys and invitations (folds of the journal), and what is short-lived beside them.
-- Nothing in here opens anything: secrets are kept as SHA-256 only, and of passkeys there is only the public half.
create table passkey (
  id text primary key,
  version integer not null,
  state jsonb not null,
  person text not null,
  credential_id text not null unique,
  status text not null check (status in ('active', 'suspended', 'removed')),
  -- Facts of use, not of the record: they move with every signature.
  counter bigint not null default 0 check (counter >= 0),
  used_at timestamptz
);
create index passkey_person on passkey (person, status);

create table invitation (
  id text primary key,
  version integer not null,
  state jsonb not null,
  purpose text not null check (purpose in ('first_run', 'invitation')),
  status text not null check (status in ('open', 'accepted', 'revoked')),
  -- Unknown until it is accepted where it is the first run's: the person is made by it.
  person text check (person is not null or purpose = 'first_run'),
  secret_hash text unique,
  check ((status = 'open') = (secret_hash is not null))
);
-- There is one first administrator, however many links were printed and however many replicas race.
create unique index invitation_first_run_once on invitation (purpose) where purpose = 'first_run' and status = 'accepted';
create index invitation_person on invitation (person, status);

create table session (
  id text primary key,
  kind text not null check (kind in ('browser', 'cli')),
  person text not null,
  passkey text not null references passkey (id),
  token_hash text not null unique,
  -- Compared with the roles held now, never used in their place.
  roles_at_sign_in text not null,
  label text not null,
  address text not null,
  opened_at timestamptz not null,
  seen_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  ended_why text,
  check ((ended_at is null) = (ended_why is null))
);
create index session_person on session (person) where ended_at is null;
create index session_expiry on session (expires_at);

-- A row is taken out by the one who uses it: what is not here cannot be used again.
create table challenge (
  id text primary key,
  purpose text not null check (purpose in ('sign_in', 'enrol', 'add_passkey', 'decide')),
  person text,
  session text,
  facts jsonb not null,
  expires_at timestamptz not null
);
create index challenge_expiry on challenge (expires_at);

create table cli_grant (
  code_hash text primary key,
  verifier_hash text not null,
  session text not null references session (id) on delete cascade,
  label text not null,
  expires_at timestamptz not null
);

-- Assertions over decisions. The journal entry of the decision carries the digest, so a changed record does not fit it any more.
create table assertion (
  digest text primary key,
  person text not null,
  record text not null,
  at timestamptz not null
);
