-- Providers count all callers of a tenant together: whose turn it is, and until when nobody's, is one thing for all replicas.
create table provider_turn (
  tenant text primary key,
  next_at timestamptz not null,
  paused_until timestamptz not null
);
