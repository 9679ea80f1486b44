-- How a tenant's own transaction brings a fact to a bookmark: what it decides and what it delivers are kept or lost together.
-- False if the execution has ended, or the bookmark was reached before, or (awaited) is not open. Callers with several executions go in
-- the order of their ids, as every writer does.
create or replace function engine.deliver(to_execution uuid, to_bookmark uuid, awaited boolean, fact bytea, fact_at timestamptz) returns boolean
    language plpgsql security definer set search_path = '' as $$
declare
    e record;
begin
    -- Locked before anything is read: what a runner or a timer did to the bookmark is then visible, and numbers have no gaps.
    select x.id, x.tenant_id, x.community_id, x.inbox_seq + 1 as number into e
    from engine.executions x
    where x.id = to_execution and x.status < 4 and x.tenant_id = tenancy.tenant() and tenancy.sees(x.community_id)
    for no key update;
    if not found
        or exists (select from engine.inbox i where i.execution_id = e.id and i.bookmark_id = to_bookmark)
        or exists (select from engine.bookmarks b where b.id = to_bookmark and (b.fired or b.execution_id <> e.id))
        or (awaited and not exists (select from engine.bookmarks b where b.id = to_bookmark)) then
        return false;
    end if;
    update engine.executions set inbox_seq = e.number where id = e.id;
    insert into engine.inbox (execution_id, number, tenant_id, community_id, kind, bookmark_id, at, body)
    values (e.id, e.number, e.tenant_id, e.community_id, 2, to_bookmark, fact_at, fact);
    insert into engine.queue as q (execution_id, tenant_id, available_at, enqueued_at) values (e.id, e.tenant_id, fact_at, fact_at)
    on conflict (execution_id) do update set available_at = least(q.available_at, excluded.available_at) where q.owner is null;
    return true;
end $$;

revoke all on function engine.deliver from public;
grant execute on function engine.deliver to saasflows_app;
