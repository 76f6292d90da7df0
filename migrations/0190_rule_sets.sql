-- A deployment's own rules of the decision point: one row a name, journalled. Texts lie apart by their digest: an entry of the journal would not hold a large one.
create table rule_set (
  id text primary key,
  version integer not null,
  state jsonb not null,
  name text not null unique,
  status text not null check (status in ('stored', 'retired'))
);
create table rule_text (
  digest text primary key,
  text text not null
);
