-- An index holds texts of some 2,700 bytes, and a fallback may depend on fifty things of two hundred characters: such a request could not
-- be saved at all. The index is over a number made of the text; the text itself is compared beside it.
drop index exception_by_rests_on;
create index exception_by_rests_on on exception (hashtextextended(rests_on, 0)) where rests_on is not null;
