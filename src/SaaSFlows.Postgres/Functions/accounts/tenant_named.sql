-- Which tenant a host or a path names.
create or replace function accounts.tenant_named(named text) returns uuid
    language sql stable security definer set search_path = '' as $$
    select t.tenant_id from accounts.tenants t where t.slug = named
$$;

revoke all on function accounts.tenant_named from public;
grant execute on function accounts.tenant_named to saasflows_lookup;
