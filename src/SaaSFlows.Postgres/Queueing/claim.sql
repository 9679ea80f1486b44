-- From tenant to tenant over the index: costs one probe per tenant, however long one tenant's line is.
with recursive tenants as (
    (select q.tenant_id from engine.queue q order by q.tenant_id limit 1)
    union all
    select (select q.tenant_id from engine.queue q where q.tenant_id > t.tenant_id order by q.tenant_id limit 1)
    from tenants t where t.tenant_id is not null
),
-- More than are wanted: others may be taking the first of them at this moment.
candidates as (
    select c.* from tenants t cross join lateral (
        select q.execution_id, q.available_at, row_number() over (order by q.available_at) as turn
        from engine.queue q where q.tenant_id = t.tenant_id and q.available_at <= $1
        order by q.available_at limit $3 * 2 + 64
    ) c
    order by c.turn, c.available_at limit $3 * 2 + 64
),
-- Nothing here ever waits, so a claim is part of no deadlock.
picked as materialized (
    select q.execution_id
    from candidates c join engine.queue q on q.execution_id = c.execution_id join engine.executions e on e.id = c.execution_id
    -- What has ended never begins again.
    where q.available_at <= $1 and e.status < 4
    order by c.turn, c.available_at
    limit $3
    for update of q skip locked
    for no key update of e skip locked
),
leased as (
    update engine.queue q set owner = $2, available_at = $4 from picked p where q.execution_id = p.execution_id
)
update engine.executions e set fence = e.fence + 1, status = 2
from picked p
where e.id = p.execution_id
returning e.id, e.tenant_id, e.community_id, e.entity_id, e.workflow_id, e.version_id, e.fence, e.head_seq, e.inbox_seq
