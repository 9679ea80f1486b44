-- Chains what has been committed, of one tenant or of all; how many entries. One at a time: nobody waits for another's pass over all tenants.
create or replace function accounts.seal_audit(only_tenant uuid, most integer) returns integer
    language plpgsql security definer set search_path = '' as $$
declare
    entry accounts.audit_entries;
    head accounts.audit_heads;
    sealed integer := 0;
begin
    if only_tenant is not null then
        perform pg_advisory_xact_lock(hashtext('accounts.seal_audit'));
    elsif not pg_try_advisory_xact_lock(hashtext('accounts.seal_audit')) then
        return 0;
    end if;
    loop
        select e.tenant_id, coalesce(h.number, 0), coalesce(h.hash, decode(repeat('00', 32), 'hex')) into head
        from accounts.audit_entries e left join accounts.audit_heads h on h.tenant_id = e.tenant_id
        where e.number is null and (only_tenant is null or e.tenant_id = only_tenant)
        order by e.tenant_id, e.id limit 1;
        exit when not found or sealed >= most;
        for entry in select * from accounts.audit_entries where tenant_id = head.tenant_id and number is null order by id limit most - sealed loop
            head.number := head.number + 1;
            entry.number := head.number;
            head.hash := sha256(head.hash || accounts.audit_content(entry));
            update accounts.audit_entries set number = head.number, hash = head.hash where tenant_id = entry.tenant_id and id = entry.id;
            sealed := sealed + 1;
        end loop;
        insert into accounts.audit_heads values (head.tenant_id, head.number, head.hash)
            on conflict (tenant_id) do update set number = excluded.number, hash = excluded.hash;
    end loop;
    return sealed;
end $$;

revoke all on function accounts.seal_audit from public;
grant execute on function accounts.seal_audit to saasflows_lookup;
