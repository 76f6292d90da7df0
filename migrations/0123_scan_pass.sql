-- How far a full read of a provider has come: one that broke off goes on where it stood, and what nobody saw since it began is gone.
create table scan_pass (
  connection text primary key references connection (id),
  -- Counts the passes of a connection. What is seen is marked with the newest that had begun then, whichever saw it.
  generation integer not null,
  begun_at timestamptz not null,
  -- In the connector's own words, and up to where its sightings are kept; null when there is nothing to go on with.
  checkpoint text,
  -- How many sightings were new, up to there.
  found integer not null
);

alter table bypass add column seen_in integer not null default 0;
