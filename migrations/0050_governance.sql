-- What repeats and renewals beyond the caps stand on: somebody answers for changing the design, and an executive for the risk.
create table design_issue (
  id text primary key,
  version integer not null,
  state jsonb not null,
  status text not null check (status in ('open', 'resolved', 'closed')),
  -- Kind and id of the resource, as fingerprints of exceptions name it.
  about text not null,
  owner text not null
);
create unique index design_issue_open on design_issue (about) where status = 'open';
create index design_issue_by_owner on design_issue (owner, id);

-- When an acceptance ends is in its state and decided by the clock; no column says that it has ended.
create table risk_acceptance (
  id text primary key,
  version integer not null,
  state jsonb not null,
  status text not null check (status in ('proposed', 'accepted', 'withdrawn')),
  executive text not null,
  accepted_until timestamptz not null
);
create index risk_acceptance_by_executive on risk_acceptance (executive, id);
