-- Where two persons have to sign, a version waits for the second before it is in force, also of a set that was never stored.
alter table rule_set drop constraint rule_set_status_check;
alter table rule_set add constraint rule_set_status_check check (status in ('stored', 'retired', 'proposed'));
