-- Enters a child with its parent, if that has not ended. The row lock lets the parent's end and the child's start see each other: either the
-- parent ends with the flag, or the child is refused. A function, so that accepts without a parent do not even plan it.
create or replace function engine.adopt(parent uuid, of_tenant uuid, waits boolean) returns table (depth smallint, of_failure boolean)
    language sql volatile as $$
    update engine.executions e set on_end = case when waits then e.on_end | 2::smallint else e.on_end end
    where e.id = parent and e.tenant_id = of_tenant and e.status < 4
    returning e.depth, e.of_failure
$$;

revoke all on function engine.adopt from public;
grant execute on function engine.adopt to saasflows_engine;
