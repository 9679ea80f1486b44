-- Says how a check went; nothing if the service was registered with another address meanwhile.
create or replace function automation.record_check(service uuid, checked_url text, outcome text, took double precision, problem text,
    moment timestamptz, again timestamptz) returns void
    language sql security definer set search_path = '' as $$
    update automation.services s set status = outcome, latency_ms = took, last_error = problem, checked_at = moment, next_check_at = again
    where s.id = service and s.health_check_url = checked_url
$$;

revoke all on function automation.record_check from public;
grant execute on function automation.record_check to saasflows_lookup;
