-- Nothing here waits for a lock: a bookmark that is being closed at this moment is left to the next pass, if it still exists then.
with picked as materialized (
    select b.id, b.execution_id, b.due
    from engine.bookmarks b join engine.executions e on e.id = b.execution_id
    where b.due <= $1 and not b.fired
    order by b.due
    limit $2
    for update of b skip locked
    for no key update of e skip locked
),
numbered as materialized (
    select p.*, row_number() over (partition by p.execution_id order by p.due, p.id) as n from picked p
),
bumped as (
    update engine.executions e set inbox_seq = e.inbox_seq + c.facts
    from (select n.execution_id, max(n.n) as facts from numbered n group by n.execution_id) c
    where e.id = c.execution_id
    returning e.id, e.tenant_id, e.community_id, e.inbox_seq - c.facts as base
),
fired as (
    update engine.bookmarks b set fired = true from numbered n where b.id = n.id
),
facts as (
    insert into engine.inbox (execution_id, number, tenant_id, community_id, kind, bookmark_id, at)
    select e.id, e.base + n.n, e.tenant_id, e.community_id, $3, n.id, $1 from numbered n join bumped e on e.id = n.execution_id
),
queued as (
    insert into engine.queue as q (execution_id, tenant_id, available_at, enqueued_at)
    select e.id, e.tenant_id, $1, $1 from bumped e
    on conflict (execution_id) do update set available_at = least(q.available_at, excluded.available_at) where q.owner is null
)
select count(*) from numbered
