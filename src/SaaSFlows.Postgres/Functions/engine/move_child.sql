-- A try of the parent's node that is repeated may wait somewhere else than the try that started the child. Nothing if it is no such child;
-- else whether it has ended already: then nobody will tell the parent there.
create or replace function engine.move_child(child uuid, of_parent uuid, to_bookmark uuid) returns boolean
    language sql volatile security definer set search_path = '' as $$
    update engine.executions e set parent_bookmark_id = to_bookmark
    where e.id = child and e.parent_execution_id = of_parent and e.tenant_id = tenancy.tenant() and tenancy.sees(e.community_id)
    returning e.status >= 4
$$;

revoke all on function engine.move_child from public;
grant execute on function engine.move_child to saasflows_app;
