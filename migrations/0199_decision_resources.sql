-- What of the register the decision point was asked about, a row a day: only of what somebody asks about may unused be said.
create table decision_resource (
  day date not null,
  kind text not null,
  id text not null,
  times bigint not null,
  last_at timestamptz not null,
  primary key (day, kind, id)
);
create index decision_resource_by_id on decision_resource (kind, id, day);
-- The reference people know an exception by, beside its id.
alter table decision_log add column exception_ref text;
