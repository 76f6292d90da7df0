-- When a provider was last read in full is kept apart from a reading that broke off after it: what is shown is as old as the former.
alter table connection add column broke_off_at timestamptz;
alter table connection add column broke_off_words text;

-- Until now both had one place. When the full reading before one that broke off was, nobody wrote down: it is unknown until the next.
update connection
set broke_off_at = scanned_at, broke_off_words = substr(scan_words, length('Read broke off ') + 1), scanned_at = null, scan_words = null
where starts_with(scan_words, 'Read broke off');
