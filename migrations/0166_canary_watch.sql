-- What the providers themselves showed of exceptions for canaries, in their life and after their end: whether they died on time.
create table canary_watch (
  exception text not null,
  connection text not null,
  policy text not null,
  subject_key text not null,
  ref text not null,
  until timestamptz not null,
  looked_at timestamptz not null,
  alive_at timestamptz,
  lingered_until timestamptz,
  gone_at timestamptz,
  primary key (exception, connection, policy, subject_key)
);
create index canary_watch_by_subject on canary_watch (connection, policy, subject_key, until desc);
