-- What decision points pass on: somebody was denied and asks. Waits for the person it is about, and becomes a draft only by them.
create table access_request (
  id text primary key,
  version integer not null,
  state jsonb not null,
  status text not null check (status in ('waiting', 'taken_up', 'declined', 'cancelled', 'lapsed')),
  caller text not null,
  person text not null,
  exception text,
  -- The evaluation it answers: one denial is one request, however often it is sent.
  evaluation text not null unique,
  -- Mark of who wants what by which method.
  twin text not null,
  filed_at timestamptz not null,
  expires_at timestamptz not null
);
-- Of the same need that one caller passes on, one waits.
create unique index access_request_twin on access_request (caller, twin) where status = 'waiting';
create index access_request_person on access_request (person, id);
create index access_request_caller on access_request (caller, expires_at) where status = 'waiting';
create index access_request_exception on access_request (exception) where exception is not null;

-- What callers call their submissions, as marks that allow no guesses; forgotten after a day.
create table access_request_key (
  caller text not null,
  key text not null,
  body text not null,
  request text not null references access_request (id),
  created_at timestamptz not null,
  primary key (caller, key)
);
create index access_request_key_age on access_request_key (created_at);
