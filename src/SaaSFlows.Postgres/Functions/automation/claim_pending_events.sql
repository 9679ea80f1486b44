-- Takes events whose lease is over, of all open tenants. What fails again and again is tried after ever longer pauses, up to an hour.
create or replace function automation.claim_pending_events(due timestamptz, lease interval, most integer)
    returns table (event_id uuid, tenant_id uuid, granted_to uuid) language sql security definer set search_path = '' as $$
    update automation.pending_events p set leased_until = due + least(lease * power(2, p.tries), interval '1 hour'), tries = least(p.tries + 1, 20)
    where p.event_id in (
        select d.event_id from automation.pending_events d join accounts.tenants t on t.tenant_id = d.tenant_id
        where d.leased_until <= due and t.status = 'active' order by d.leased_until limit most for update of d skip locked)
    returning p.event_id, p.tenant_id, p.granted_to
$$;

revoke all on function automation.claim_pending_events from public;
grant execute on function automation.claim_pending_events to saasflows_lookup;
