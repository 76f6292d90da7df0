-- Drills: what is to be tried and how often, every time it was or should have been, and the files that show what was seen.
create table drill_plan (
  id text primary key,
  version integer not null,
  state jsonb not null,
  status text not null check (status in ('active', 'retired')),
  exercise text not null,
  -- Kind and key of what it is about.
  subject text not null
);
create unique index drill_plan_open on drill_plan (exercise, subject) where status = 'active';

create table drill (
  id text primary key,
  version integer not null,
  state jsonb not null,
  status text not null check (status in ('scheduled', 'overdue', 'running', 'finished', 'aborted', 'skipped')),
  plan text not null,
  due_at timestamptz not null,
  -- Null while it has not ended.
  ended_at timestamptz
);
-- A plan has one drill that is to come or runs; the next is scheduled when it ends.
create unique index drill_open on drill (plan) where ended_at is null;
create index drill_due on drill (due_at) where ended_at is null;
create index drill_by_plan on drill (plan, id);
create index drill_ended on drill (ended_at) where ended_at is not null;

-- By digest; the journal names them by it. The same file kept twice is kept once.
create table drill_evidence (
  digest text primary key,
  bytes bytea not null,
  kept_at timestamptz not null
);
