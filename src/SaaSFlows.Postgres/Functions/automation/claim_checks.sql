-- Takes services that are due, of all open tenants: nobody else does until the lease is over.
create or replace function automation.claim_checks(due timestamptz, lease_until timestamptz, most integer)
    returns table (service_id uuid, health_check_url text) language sql security definer set search_path = '' as $$
    update automation.services s set next_check_at = lease_until
    where s.id in (
        select d.id from automation.services d join accounts.tenants t on t.tenant_id = d.tenant_id
        where d.next_check_at <= due and t.status = 'active' order by d.next_check_at limit most for update of d skip locked)
    returning s.id, s.health_check_url
$$;

revoke all on function automation.claim_checks from public;
grant execute on function automation.claim_checks to saasflows_lookup;
