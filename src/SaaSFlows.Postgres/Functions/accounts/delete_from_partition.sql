-- How many; nothing of a tenant that is not being deleted.
create or replace function accounts.delete_from_partition(of_tenant uuid, partition text) returns bigint
    language plpgsql security definer set search_path = '' as $$
declare
    target record;
    deleted bigint;
begin
    perform from accounts.tenants t where t.tenant_id = of_tenant and t.status = 'deleting' for no key update;
    if not found then
        return 0;
    end if;
    select p.parent, p.bounds into target from accounts.tenant_partitions() p where p.name = partition;
    if not found then
        return 0;
    end if;
    -- Through the table: partitions have no policies, so nobody sees their rows in them.
    execute format('delete from %s where tenant_id = $1 and %s', target.parent, target.bounds) using of_tenant;
    get diagnostics deleted = row_count;
    return deleted;
end $$;

revoke all on function accounts.delete_from_partition from public;
grant execute on function accounts.delete_from_partition to saasflows_lookup;
