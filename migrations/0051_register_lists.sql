-- What was announced and waits for somebody, and which reviews wait for an answer: lists that find their rows by an index.
alter table exception add column notice_due_at timestamptz;
alter table exception add column review_due_at timestamptz;
create index exception_by_notice on exception (notice_due_at, id) where notice_due_at is not null;
create index exception_by_review on exception (review_due_at, id) where review_due_at is not null;

update exception set review_due_at = (
  select min((review ->> 'dueAt')::timestamptz) from jsonb_array_elements(state -> 'dossier' -> 'reviews') as review
  where review -> 'decision' = 'null' and review -> 'settled' = 'null'
    and (review -> 'missedAt' = 'null' or review ->> 'ifMissed' = 'escalate'))
where status not in ('rejected', 'withdrawn', 'closed');

update exception set notice_due_at = (
  select min(due_at) from (
    select (escalation ->> 'dueAt')::timestamptz as due_at
    from jsonb_array_elements(state -> 'dossier' -> 'escalations') as escalation where escalation -> 'acknowledged' = 'null'
    union all
    select (reminder ->> 'dueAt')::timestamptz
    from jsonb_array_elements(state -> 'dossier' -> 'reminders') as reminder
    where status in ('active', 'suspended') and split_part(reminder ->> 'key', ' ', 1)::timestamptz = ends_at
  ) as notice)
where status not in ('rejected', 'withdrawn', 'closed');
