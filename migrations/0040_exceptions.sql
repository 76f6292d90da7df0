-- The register. `state` is the fold of the exception's journal entries; the other columns are derived from it for lists and
-- for the tick, and none of them decides whether an exception is in force.
create sequence exception_ref;

create table exception (
  id text primary key,
  version integer not null,
  state jsonb not null,
  ref text not null unique,
  status text not null check (status in ('draft', 'in_approval', 'approved', 'rejected', 'withdrawn', 'activating', 'active',
    'suspending', 'suspended', 'revoking', 'verifying', 'revoke_failed', 'closed')),
  category text not null,
  unit text not null,
  title text not null,
  owner text,
  requester text not null,
  opened_at timestamptz not null,
  first_granted_at timestamptz,
  -- End of the last grant, or of what is asked for; what lists sort by.
  ends_at timestamptz not null,
  -- The next instant at which the tick has anything to do with it.
  due_at timestamptz,
  observed text not null check (observed in ('none', 'unknown', 'present', 'absent')),
  overstay_from timestamptz,
  -- Roles whose vote it waits for.
  awaits text[] not null,
  -- Keys at the four levels of repeats.
  fingerprints text[] not null,
  search tsvector not null
);
create index exception_by_end on exception (ends_at, id);
create index exception_by_opening on exception (opened_at, id);
create index exception_by_status_end on exception (status, ends_at, id);
create index exception_by_status_opening on exception (status, opened_at, id);
create index exception_by_owner on exception (owner, ends_at, id);
create index exception_due on exception (due_at) where due_at is not null;
create index exception_search on exception using gin (search);
create index exception_fingerprints on exception using gin (fingerprints);
create index exception_awaits on exception using gin (awaits) where awaits <> '{}';
create index exception_overstay on exception (overstay_from) where overstay_from is not null;

create table exception_binding (
  exception text not null references exception (id),
  id text not null,
  connection text not null references connection (id),
  policy text not null,
  subject_key text not null,
  grant_ref text not null,
  bypass_key text,
  desired text not null,
  observed text not null,
  -- True while the provider must be made to hold it or to let it go.
  live boolean not null,
  last_read_at timestamptz,
  primary key (exception, id)
);
create index exception_binding_by_connection on exception_binding (connection, grant_ref);
create index exception_binding_live on exception_binding (connection, last_read_at nulls first) where live;

-- Category policies as edited; each version is kept in the journal.
create table category_policy (
  id text primary key,
  version integer not null,
  state jsonb not null,
  key text not null unique
);

-- Which external record became which exception: importing a file twice makes nothing twice.
create table exception_import (
  source text not null,
  external_id text not null,
  exception text not null references exception (id),
  primary key (source, external_id)
);
