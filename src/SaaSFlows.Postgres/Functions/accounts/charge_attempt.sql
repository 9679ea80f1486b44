-- Counts an attempt as failed before it is made, so that any number of them at the same moment gets no more than the allowance. From that on each
-- one costs a wait of 1, 2, 4, 8, then 15 minutes; a day without any is forgotten. Null, or the end of the wait that refuses this one.
create or replace function accounts.charge_attempt(attempt_key bytea, allowed integer, at timestamptz) returns timestamptz
    language plpgsql set search_path = '' as $$
declare
    until timestamptz;
begin
    insert into accounts.sign_in_attempts as a (key, failures, last_at) values (attempt_key, 1, at)
    on conflict (key) do update set
        failures = case when a.last_at < at - interval '1 day' then 1 else a.failures + 1 end,
        last_at = at,
        blocked_until = case when a.last_at >= at - interval '1 day' and a.failures + 1 >= allowed
            then at + least(interval '1 minute' * power(2, least(a.failures + 1 - allowed, 10)), interval '15 minutes') end
    where a.blocked_until is null or a.blocked_until <= at;
    if not found then
        select a.blocked_until into until from accounts.sign_in_attempts a where a.key = attempt_key;
        return until;
    end if;
    delete from accounts.sign_in_attempts d where d.key in (
        select o.key from accounts.sign_in_attempts o where o.last_at < at - interval '1 day' order by o.last_at limit 10 for update skip locked);
    return null;
end $$;

revoke all on function accounts.charge_attempt from public;
grant execute on function accounts.charge_attempt to saasflows_lookup;
