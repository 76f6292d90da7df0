-- Every change of state is an entry here first: the journal is the record, all other tables are folds of it.
create table journal_entry (
  -- Insertion order. Commits may become visible out of this order; the sequencer copes (it takes what has no leaf yet).
  position bigint generated always as identity primary key,
  id text not null unique,
  subject_kind text not null,
  subject text not null,
  subject_version integer not null check (subject_version >= 1),
  type text not null,
  at timestamptz not null,
  actor text not null,
  -- The exact canonical JSON that is hashed. A tlog entry may not be longer (its length is a uint16).
  body text not null check (octet_length(body) <= 65535),
  -- Given by the sequencer, once.
  leaf_index bigint unique,
  unique (subject, subject_version)
);
create index journal_entry_unsequenced on journal_entry (position) where leaf_index is null;
create index journal_entry_at on journal_entry (at, position);

-- An entry is never changed or removed; only its place in the log is filled in, once.
create function journal_entry_is_append_only() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.leaf_index is null and new.leaf_index is not null
     and (to_jsonb(new) - 'leaf_index') = (to_jsonb(old) - 'leaf_index') then
    return new;
  end if;
  raise exception 'journal_entry is append-only';
end $$;
create trigger journal_entry_append_only before update or delete on journal_entry
  for each row execute function journal_entry_is_append_only();

-- Answers already given to a POST with an Idempotency-Key, so that a repeated request changes nothing twice.
create table idempotency_key (
  actor text not null,
  key text not null,
  fingerprint text not null,
  status integer,
  reply jsonb,
  created_at timestamptz not null,
  primary key (actor, key)
);
