-- Which emergencies that nobody foresaw still wait for somebody to look back on them is asked every minute.
create index access_request_emergency on access_request (exception, id)
  where status = 'taken_up' and state ->> 'emergency' = 'true' and state ->> 'use' is null;
