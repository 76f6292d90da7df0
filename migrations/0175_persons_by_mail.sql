-- A calendar of others names people by their addresses, hundreds at once; and a search by words leaves out the one it means where many are alike.
create index person_by_mail on person (lower(state ->> 'email')) where active;
