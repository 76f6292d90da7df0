-- Replicas that follow the journal hear at once that something was committed, and look; they look anyway, so a notice lost costs a moment.
create function journal_entry_wakes() returns trigger language plpgsql as $$
begin
  notify journal_grew;
  return null;
end $$;
create trigger journal_entry_wakes after insert on journal_entry for each statement execute function journal_entry_wakes();
