-- Accounts that exist to be tried by drills. Their sealed secrets lie apart from the journalled state: changed and destroyed, never kept.
create table canary (
  id text primary key,
  version integer not null,
  state jsonb not null,
  key text not null unique,
  status text not null check (status in ('active', 'removed')),
  connection text,
  account text not null,
  subject_key text
);
create index canary_subject on canary (subject_key) where status = 'active' and subject_key is not null;

create table canary_secret (
  canary text primary key references canary (id),
  sealed text not null,
  -- When this very secret last let it in: a fact of running, not of the record.
  worked_at timestamptz
);
