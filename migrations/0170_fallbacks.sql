-- What an exception's fallback depends on, beside what it stands in for, so that the register finds those that share its fate: one line
-- for the connection whose control is weakened, then one for each thing that was named. Follows from the state; null where nothing was.
alter table exception add column rests_on text;

with shown as (
  select id, case
    when status = 'draft' then state -> 'content'
    else (
      select put -> 'content' from jsonb_array_elements(state -> 'dossier' -> 'versions') as versions (put)
      where (put ->> 'n')::integer = coalesce(
        (select (given ->> 'version')::integer
          from jsonb_array_elements(state -> 'dossier' -> 'grants') with ordinality as grants (given, place)
          where given ->> 'kind' <> 'emergency' order by place desc limit 1),
        (select max((other ->> 'n')::integer) from jsonb_array_elements(state -> 'dossier' -> 'versions') as others (other))))
    end as content
  from exception)
update exception set rests_on = concat_ws(E'\n',
  shown.content -> 'weakenedControl' ->> 'connection',
  array_to_string(array(select jsonb_array_elements_text(shown.content -> 'fallbackDependencies')), E'\n'))
from shown
where shown.id = exception.id and jsonb_typeof(shown.content -> 'weakenedControl') = 'object'
  and jsonb_array_length(shown.content -> 'fallbackDependencies') > 0;

create index exception_by_rests_on on exception (rests_on) where rests_on is not null;
