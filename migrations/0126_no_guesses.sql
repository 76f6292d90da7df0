-- What was kept of requests until now was a plain hash, also of requests that carry a secret: whoever copied the database could try guesses. A key of before is refused from now on; it does nothing twice.
update idempotency_key set fingerprint = '';
