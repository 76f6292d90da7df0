-- What else the register is sorted by: how many people an exception stands for, and how often it was asked for before.
-- `headcount` follows from the state; null while nobody has counted. `repeats` counts requests for the same within the 365 days
-- before this one, as it was when the exception last changed.
alter table exception add column headcount integer;
alter table exception add column repeats integer not null default 0;

update exception set headcount = (
  select sum((item ->> 'headcountAtApproval')::integer)
  from jsonb_array_elements(state -> 'dossier' -> 'versions') as versions (put), jsonb_array_elements(put -> 'content' -> 'scope') as items (item)
  where (put ->> 'n')::integer = coalesce(
    (select (given ->> 'version')::integer
      from jsonb_array_elements(state -> 'dossier' -> 'grants') with ordinality as grants (given, place)
      where given ->> 'kind' <> 'emergency' order by place desc limit 1),
    (select max((other ->> 'n')::integer) from jsonb_array_elements(state -> 'dossier' -> 'versions') as others (other))))
where status <> 'draft';

update exception set repeats = (
  select count(*) from exception as earlier
  where earlier.fingerprints && array(select key from unnest(exception.fingerprints) as key where starts_with(key, 'same:'))
    and (earlier.opened_at, earlier.id) < (exception.opened_at, exception.id)
    and earlier.opened_at > exception.opened_at - interval '365 days');

create index exception_by_title on exception ((lower(title) collate "C"), id);
create index exception_by_status on exception (status, id);
create index exception_by_observed on exception (observed, id);
create index exception_by_owner_alone on exception ((coalesce(owner, '')), id);
create index exception_by_age on exception ((coalesce(first_granted_at, timestamptz '9999-12-31 00:00:00+00')), id);
create index exception_by_repeats on exception (repeats, id);
create index exception_by_headcount on exception ((coalesce(headcount, -1)), id);
