-- The operator's. Null if there is no such tenant, else its status afterwards: a closing one stays closing.
create or replace function accounts.suspend_tenant(named text, suspended boolean) returns text
    language sql security definer set search_path = '' as $$
    update accounts.tenants set licence_epoch = licence_epoch + 1,
        status = case when status not in ('active', 'suspended') then status when suspended then 'suspended' else 'active' end
    where slug = named returning status
$$;

revoke all on function accounts.suspend_tenant from public;
grant execute on function accounts.suspend_tenant to saasflows_lookup;
