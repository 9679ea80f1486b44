-- The next tenant whose time has come: from now on nobody takes its deletion back. One that was begun is finished first.
create or replace function accounts.begin_deletion(at timestamptz) returns uuid
    language sql security definer set search_path = '' as $$
    update accounts.tenants set status = 'deleting' where tenant_id = (
        select t.tenant_id from accounts.tenants t
        where t.status = 'deleting' or (t.status = 'closing' and t.delete_at <= at)
        order by t.status = 'deleting' desc, t.delete_at limit 1 for update skip locked)
    returning tenant_id
$$;

revoke all on function accounts.begin_deletion from public;
grant execute on function accounts.begin_deletion to saasflows_lookup;
