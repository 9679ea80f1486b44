-- False if it is not closing, or its deletion has begun.
create or replace function accounts.restore_tenant() returns boolean
    language plpgsql security definer set search_path = '' as $$
begin
    update accounts.tenants set status = 'active', delete_at = null, licence_epoch = licence_epoch + 1 where tenant_id = tenancy.tenant()
        and status = 'closing';
    return found;
end $$;

revoke all on function accounts.restore_tenant from public;
grant execute on function accounts.restore_tenant to saasflows_app;
