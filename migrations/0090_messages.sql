-- What people were told, and how its delivery ended. Not folds of the journal: a message changes nothing that is decided on,
-- and addresses and reading habits of people do not belong into a record that never forgets.
create table notification (
  id text primary key,
  -- Nobody in particular: the chat.
  recipient text,
  channel text not null check (channel in ('mail', 'chat')),
  template text not null check (template in ('digest', 'incident', 'trial')),
  dedupe_key text not null,
  lines jsonb not null,
  made_at timestamptz not null,
  result text not null,
  answer text,
  tries integer not null default 0,
  tried_at timestamptz,
  sent_at timestamptz,
  read_at timestamptz,
  check ((result = 'sent') = (sent_at is not null))
);
-- The guarantee itself: one digest a person and day, one message a matter, whatever races.
create unique index notification_once on notification (channel, coalesce(recipient, ''), dedupe_key);
create index notification_of_recipient on notification (recipient, id);
create index notification_open on notification (made_at) where result in ('waiting', 'deferred', 'given_up', 'bounced');

-- What a person is to be told. A row stays after it was told: that is how it is known.
create table message_news (
  person text not null,
  key text not null,
  subject text not null,
  urgency text not null check (urgency in ('digest', 'incident')),
  noted_at timestamptz not null,
  told_in text references notification (id),
  -- It was over before it was told.
  dropped_at timestamptz,
  primary key (person, key)
);
create index message_news_waiting on message_news (person) where told_in is null and dropped_at is null;

create table message_preference (
  person text primary key,
  muted boolean not null,
  language text not null check (language in ('en', 'de'))
);

-- The address is a capability: kept as SHA-256 only, one a person, gone when it is revoked.
create table message_calendar (
  person text primary key,
  secret_hash text not null unique,
  made_at timestamptz not null,
  used_at timestamptz
);

-- Signs what goes to chat tools. The private half is sealed with the key that is not in the database.
create table message_key (
  id integer primary key check (id = 1),
  public_key text not null,
  sealed text not null
);
