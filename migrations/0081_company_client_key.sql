-- The key Postern shows the company's OpenID provider who it is with, where the provider wants that. One for all replicas; the private half is sealed.
create table company_client_key (
  id text primary key check (id = 'current'),
  kid text not null,
  public_key jsonb not null,
  sealed text not null,
  made_at timestamptz not null
);
