-- The last of it. Its audit log has been dropped in the same transaction, with a tombstone: while an entry is left, this fails.
create or replace function accounts.finish_deletion(of_tenant uuid) returns void
    language sql security definer set search_path = '' as $$
    delete from accounts.tenants where tenant_id = of_tenant and status = 'deleting'
$$;

revoke all on function accounts.finish_deletion from public;
grant execute on function accounts.finish_deletion to saasflows_lookup;
