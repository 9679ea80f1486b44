-- A partitioned table's rows are deleted by its partitions, a week's rows at a time: no index knows the tenant there. Executions and journals are not
-- among them: they go in batches.
create or replace function accounts.tenant_partitions() returns table (parent text, name text, bounds text)
    language sql stable security definer set search_path = '' as $$
    select t.name::text, p.relid::text, pg_catalog.pg_get_partition_constraintdef(p.relid)
    from accounts.tenant_tables() t cross join lateral pg_catalog.pg_partition_tree(t.name) p
    where p.isleaf and p.level > 0 and t.name not in ('engine.executions'::regclass, 'engine.journal'::regclass)
$$;

revoke all on function accounts.tenant_partitions from public;
grant execute on function accounts.tenant_partitions to saasflows_lookup;
