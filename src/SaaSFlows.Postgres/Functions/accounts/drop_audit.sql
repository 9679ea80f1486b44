-- Drops a deleted tenant's chain and leaves its tombstone.
create or replace function accounts.drop_audit(dropped uuid, at_number bigint, at_hash bytea, at timestamptz, signature bytea) returns void
    language plpgsql security definer set search_path = '' as $$
begin
    perform pg_advisory_xact_lock(hashtext('accounts.seal_audit'));
    if exists (select from accounts.audit_entries e where e.tenant_id = dropped and e.number is null)
        or not exists (select from accounts.audit_heads h where h.tenant_id = dropped and h.number = at_number and h.hash = at_hash)
    then
        raise exception 'the audit chain of % does not end at %', dropped, at_number;
    end if;
    insert into accounts.audit_tombstones values (dropped, at_number, at_hash, at, signature);
    perform set_config('accounts.dropping_audit', dropped::text, true);
    delete from accounts.audit_entries where tenant_id = dropped;
    perform set_config('accounts.dropping_audit', '', true);
    delete from accounts.audit_heads where tenant_id = dropped;
end $$;

revoke all on function accounts.drop_audit from public;
grant execute on function accounts.drop_audit to saasflows_lookup;
