-- A risk that is not any more what was accepted is reopened: it counts for nothing until somebody decides anew.
alter table risk_acceptance drop constraint risk_acceptance_status_check;
alter table risk_acceptance add constraint risk_acceptance_status_check
  check (status in ('proposed', 'accepted', 'reopened', 'withdrawn'));
