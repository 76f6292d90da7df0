-- What a caller took back counts for a day against what it may file.
create index access_request_cancelled on access_request (caller, filed_at) where status = 'cancelled';
