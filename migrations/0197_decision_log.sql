-- What the decision point answered: read by people and by the rules' dry run, for some weeks. Nothing is decided by it.
create table decision_log (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  caller text not null,
  request_id text,
  rule_set text not null,
  permit boolean not null,
  code text not null,
  words text not null,
  rule text,
  exception text,
  requestable boolean not null,
  obligations text not null,
  subject_type text not null,
  subject_id text not null,
  action text not null,
  resource_type text not null,
  resource_id text not null,
  method text,
  question text not null,
  whole boolean not null,
  sequence bigint not null,
  age_ms bigint not null
);
create index decision_log_by_time on decision_log (at);
create index decision_log_by_subject on decision_log (subject_id, id desc);
create index decision_log_by_resource on decision_log (resource_id, id desc);
create index decision_log_by_exception on decision_log (exception, id desc) where exception is not null;
create index decision_log_requestable on decision_log (id desc) where requestable;

-- A batch that was committed is not written twice when its answer was lost on the way; and what each replica has lost.
create table decision_replica (
  replica text primary key,
  batch bigint not null,
  began_at timestamptz not null,
  heard_at timestamptz not null,
  kept bigint not null,
  lost bigint not null,
  ended_at timestamptz
);
