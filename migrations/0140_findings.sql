-- Everything that is not as it must be, of whatever part found it: whose it is and by when; and when each part was last able to tell.
create table finding (
  id text primary key,
  version integer not null,
  state jsonb not null,
  status text not null check (status in ('open', 'accepted', 'mended')),
  source text not null,
  key text not null,
  kind text not null,
  severity text not null,
  subject_kind text not null,
  subject_id text not null,
  owner text,
  due_at timestamptz not null,
  -- An acceptance ends by the clock: no column says that it has ended.
  accepted_until timestamptz
);
create unique index finding_by_key on finding (source, key);
create index finding_by_due on finding (due_at, id);
create index finding_there on finding (due_at, id) where status <> 'mended';
create index finding_by_owner on finding (owner, due_at, id) where status <> 'mended';
create index finding_by_subject on finding (subject_kind, subject_id);

-- Not of the journal: when somebody looked is no change of state. What could not be read is unknown, and is said to be.
create table finding_source (
  name text primary key,
  read_at timestamptz,
  failed_at timestamptz,
  words text
);
