-- A request that was carried out is known as such though its answer was never kept: the mark is set in the transaction that carried it out.
alter table idempotency_key add column holder text not null default '';
alter table idempotency_key add column committed jsonb;
