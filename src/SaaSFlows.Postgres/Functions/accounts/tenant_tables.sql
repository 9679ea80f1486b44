-- Every table of tenants' rows, from the catalogue: a new one is deleted from without being named here. Children of what is first in the order go
-- with it.
create or replace function accounts.tenant_tables() returns table (name regclass)
    language sql stable security definer set search_path = '' as $$
    select c.oid::regclass
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
    where c.relkind in ('r', 'p') and not c.relispartition and n.nspname in ('accounts', 'automation', 'engine')
        and c.relname not in ('tenants', 'audit_entries', 'audit_heads', 'audit_tombstones', 'access_changes')
    order by case n.nspname when 'engine' then 1 when 'automation' then 2 else 3 end, c.relname = 'workflows' desc, c.relname
$$;

revoke all on function accounts.tenant_tables from public;
