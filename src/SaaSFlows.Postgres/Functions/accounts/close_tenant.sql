-- Closes the tenant at once, to be deleted later. False if it is not open.
create or replace function accounts.close_tenant(later timestamptz) returns boolean
    language plpgsql security definer set search_path = '' as $$
begin
    update accounts.tenants set status = 'closing', delete_at = later, licence_epoch = licence_epoch + 1 where tenant_id = tenancy.tenant()
        and status = 'active';
    return found;
end $$;

revoke all on function accounts.close_tenant from public;
grant execute on function accounts.close_tenant to saasflows_app;
