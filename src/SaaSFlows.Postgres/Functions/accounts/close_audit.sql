-- Seals what a tenant has and answers where its chain ends. It stays so until the end of the transaction: entries refer to the tenant's row.
create or replace function accounts.close_audit(closed uuid) returns table (number bigint, hash bytea)
    language plpgsql security definer set search_path = '' as $$
begin
    perform from accounts.tenants where tenant_id = closed for update;
    perform accounts.seal_audit(closed, null);
    return query select h.number, h.hash from accounts.audit_heads h where h.tenant_id = closed;
end $$;

revoke all on function accounts.close_audit from public;
grant execute on function accounts.close_audit to saasflows_lookup;
