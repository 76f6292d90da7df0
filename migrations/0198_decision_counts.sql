-- Exact counts of what the decision point answered, a row a day: all replicas add to the same rows, whatever the log keeps.
create table decision_count (
  day date not null,
  caller text not null,
  code text not null,
  times bigint not null,
  primary key (day, caller, code)
);
-- Days that were counted: without one nobody may say that something was not used.
create table decision_day (
  day date primary key,
  kept bigint not null,
  left_out bigint not null,
  lost bigint not null
);
-- How often each exception let through, or nearly would have: by caller and reason.
create table exception_use (
  exception text not null,
  day date not null,
  caller text not null,
  code text not null,
  times bigint not null,
  first_at timestamptz not null,
  last_at timestamptz not null,
  primary key (exception, day, caller, code)
);
create index exception_use_by_day on exception_use (day);
