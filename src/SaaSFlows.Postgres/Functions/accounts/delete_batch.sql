-- Deletes a batch of such a tenant's rows, and how many; 0 when only its row, its audit log and rows in partitions are left.
create or replace function accounts.delete_batch(of_tenant uuid, most integer) returns bigint
    language plpgsql security definer set search_path = '' as $$
declare
    ids uuid[];
    target regclass;
    deleted bigint;
    refused regclass;
begin
    -- One process at a time; and nothing of a tenant that is not being deleted.
    perform from accounts.tenants t where t.tenant_id = of_tenant and t.status = 'deleting' for no key update;
    if not found then
        return 0;
    end if;
    -- Rows of the journal are found by their executions only: no index knows a journal's tenant. Nor a usage fact's, but most have an execution
    -- still.
    select array_agg(e.id) into ids from (select x.id from engine.executions x where x.tenant_id = of_tenant order by x.id limit most) e;
    if ids is not null then
        delete from engine.usage_facts where execution_id = any (ids) and execution_id between ids[1] and ids[cardinality(ids)];
        delete from engine.journal where execution_id = any (ids) and execution_id between ids[1] and ids[cardinality(ids)];
        delete from engine.executions where id = any (ids) and id between ids[1] and ids[cardinality(ids)];
        return cardinality(ids);
    end if;
    for target in
        select t.name from accounts.tenant_tables() with ordinality t (name, place) join pg_catalog.pg_class c on c.oid = t.name
            where c.relkind = 'r' order by t.place
    loop
        begin
            execute format('delete from %s where ctid = any (array(select ctid from %1$s where tenant_id = $1 limit $2))', target) using of_tenant,
                most;
            get diagnostics deleted = row_count;
            if deleted > 0 then
                return deleted;
            end if;
        exception when foreign_key_violation then
            -- What refers to it comes later in the order.
            refused := target;
        end;
    end loop;
    if refused is not null then
        raise exception 'rows of % are referred to from outside of tenants'' tables', refused;
    end if;
    return 0;
end $$;

revoke all on function accounts.delete_batch from public;
grant execute on function accounts.delete_batch to saasflows_lookup;
