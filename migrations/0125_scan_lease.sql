-- A pass has one reader at a time, who says by when it will have said again that it goes on; another comes only after that.
alter table scan_pass add column reader integer not null default 0;
-- Null, or past: nobody reads. Otherwise it is also when the last reader stopped.
alter table scan_pass add column alive_until timestamptz;
