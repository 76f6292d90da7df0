-- Whom reviews and announcements wait for, so that each person's queue is found by an index and handed-on reviews by their name.
alter table exception add column review_asks text[] not null default '{}';
alter table exception add column notice_asks text[] not null default '{}';
create index exception_by_review_asks on exception using gin (review_asks) where review_due_at is not null;
create index exception_by_notice_asks on exception using gin (notice_asks) where notice_due_at is not null;

update exception set review_asks = array(
  select distinct asked collate "C" from (
    select jsonb_array_elements_text(review -> 'reviewers') as asked
    from jsonb_array_elements(state -> 'dossier' -> 'reviews') as review
    where review -> 'decision' = 'null' and review -> 'settled' = 'null'
      and (review -> 'missedAt' = 'null' or review ->> 'ifMissed' = 'escalate')
    union all
    select state -> 'dossier' ->> 'owner'
  ) as asks where asked is not null order by asked collate "C")
where review_due_at is not null;

update exception set notice_asks = array(
  select distinct (case seat
    when 'owner' then owner
    when 'deputy' then (
      select given.entry -> 'content' -> 'accountability' ->> 'deputy'
      from jsonb_array_elements(state -> 'dossier' -> 'versions') with ordinality as given (entry, place)
      where given.entry ->> 'fate' = 'approved' order by given.place desc limit 1)
    when 'manager' then 'manager:' || requester
    else seat end) collate "C" as asked
  from (
    select jsonb_array_elements_text(escalation -> 'assignees') as seat
    from jsonb_array_elements(state -> 'dossier' -> 'escalations') as escalation where escalation -> 'acknowledged' = 'null'
    union all
    select jsonb_array_elements_text(reminder -> 'to')
    from jsonb_array_elements(state -> 'dossier' -> 'reminders') as reminder
    where status in ('active', 'suspended') and split_part(reminder ->> 'key', ' ', 1)::timestamptz = ends_at
  ) as notice order by asked)
where notice_due_at is not null;
update exception set notice_asks = array_remove(notice_asks, null) where notice_due_at is not null;
