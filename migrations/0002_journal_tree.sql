-- The journal's Merkle tree and the checkpoints signed over it: what turns a list of entries into one nobody can rewrite unseen.
create table journal_log (
  -- One log in a database, signed by one key for its whole life: a second key would be a second history.
  is_only boolean primary key default true check (is_only),
  verifier_key text not null
);

-- Every eighth level of the tree, 256 hashes a row (the last row of a level may be shorter). Rows grow, and never change otherwise.
create table journal_tile (
  level smallint not null check (level between 0 and 63),
  index bigint not null check (index >= 0),
  hashes bytea not null check (octet_length(hashes) between 32 and 8192 and octet_length(hashes) % 32 = 0),
  primary key (level, index)
);

create table journal_checkpoint (
  size bigint primary key check (size >= 0),
  root bytea not null check (octet_length(root) = 32),
  note text not null,
  at timestamptz not null
);
