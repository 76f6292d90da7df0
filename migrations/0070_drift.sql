-- Who changed a governed object behind Postern's back, from the provider's own log. An event of its own each: drift is told, never silently repaired.
create table drift (
  id text primary key,
  version integer not null,
  state jsonb not null,
  connection text not null references connection (id),
  seen_at timestamptz not null,
  -- Digest of what the provider's log said: what is read again after a crash is recorded once.
  key text not null
);
create index drift_by_key on drift (connection, key);
create index drift_by_connection on drift (connection, id);

-- Who put each present member where it is, folded from that log in its order. Gone when the member is; `by` is empty when nobody is named.
create table membership_origin (
  connection text not null references connection (id),
  subject_key text not null,
  object text not null,
  by text,
  primary key (connection, subject_key, object)
);
create index membership_origin_by_object on membership_origin (connection, object);
