-- Whoever looks for what somebody did, or for one kind of thing, finds the newest first without reading the whole journal.
create index journal_entry_by_kind on journal_entry (subject_kind, at, position);
create index journal_entry_by_type on journal_entry (type, at, position);
create index journal_entry_by_actor on journal_entry (actor, at, position);
