-- Signing in through the company's OpenID provider. Which of its accounts is whose is a fold of the journal; a session says what opened it.
create table company_account (
  id text primary key,
  version integer not null,
  state jsonb not null,
  person text not null references person (id),
  issuer text not null,
  -- The provider's own name for the account, stable for good; names and mail addresses are not, and are kept nowhere.
  subject text not null,
  status text not null check (status in ('connected', 'disconnected'))
);
-- An account lets one person in, and a person has one account of a provider, however many sign-ins race.
create unique index company_account_subject on company_account (issuer, subject) where status = 'connected';
create unique index company_account_person on company_account (person, issuer) where status = 'connected';
create index company_account_history on company_account (issuer, subject);

alter table session alter column passkey drop not null;
alter table session add column company_account text references company_account (id);
alter table session add constraint session_opener check (num_nonnulls(passkey, company_account) = 1);

alter table challenge drop constraint challenge_purpose_check;
alter table challenge add constraint challenge_purpose_check
  check (purpose in ('sign_in', 'enrol', 'add_passkey', 'decide', 'company_sign_in'));
