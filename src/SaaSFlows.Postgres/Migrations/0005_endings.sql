-- How executions belong together, and what is to be done when one ends.

alter table engine.executions
    add column parent_execution_id uuid,
    -- Where the parent waits for the end; null if it does not wait.
    add column parent_bookmark_id uuid,
    add column depth smallint not null default 0,
    add column retry_of uuid,
    add column retry_node text,
    -- 1 tell the parent, 2 cancel the children, 4 free a place in the workflow's line, 8 start the workflow that looks after failures
    add column on_end smallint not null default 0,
    -- Started because another one failed, or by one that was: its own failure starts nothing.
    add column of_failure boolean not null default false;
create index executions_parent on engine.executions (parent_execution_id) where parent_execution_id is not null;
create index executions_retry on engine.executions (retry_of) where retry_of is not null;

-- Ends that something follows from: written with the end in one statement, deleted when all has followed. An execution without flags never comes here.
create table engine.endings (
    execution_id uuid primary key,
    tenant_id uuid not null,
    community_id bigint not null,
    workflow_id uuid not null,
    on_end smallint not null,
    status smallint not null,
    ended_at timestamptz not null,
    attempts integer not null default 0,
    -- When the next process may take it: while one works on it, the end of its time.
    available_at timestamptz not null
) with (fillfactor = 70, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 0);
create index endings_available on engine.endings (available_at);

select tenancy.protect('engine.endings', 'community');
create policy engine on engine.endings to saasflows_engine using (true) with check (true);
grant select, insert, update, delete on engine.endings to saasflows_engine;

-- Enters a child with its parent, if that has not ended. The row lock lets the parent's end and the child's start see each other: either the
-- parent ends with the flag, or the child is refused. A function, so that accepts without a parent do not even plan it.
create function engine.adopt(parent uuid, of_tenant uuid, waits boolean) returns table (depth smallint, of_failure boolean)
    language sql volatile as $$
    update engine.executions e set on_end = case when waits then e.on_end | 2::smallint else e.on_end end
    where e.id = parent and e.tenant_id = of_tenant and e.status < 4
    returning e.depth, e.of_failure
$$;
revoke execute on function engine.adopt(uuid, uuid, boolean) from public;
grant execute on function engine.adopt(uuid, uuid, boolean) to saasflows_engine;
