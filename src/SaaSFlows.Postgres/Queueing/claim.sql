-- From tenant to tenant over the index, as many as executions are wanted: from the lane $5 on, then from the first one. Costs one probe per tenant,
-- however long one tenant's line is, and claims at the same moment begin at other places. Tenants $6 are passed over, a probe each.
with recursive walk as (
    (select q.lane, q.tenant_id, 1 as n from engine.queue q
    where q.owner is null and q.available_at <= $1 and q.lane >= $5 order by q.lane, q.tenant_id limit 1)
    union all
    select x.lane, x.tenant_id, w.n + 1
    from walk w cross join lateral (
        select q.lane, q.tenant_id from engine.queue q
        where q.owner is null and q.available_at <= $1 and (q.lane, q.tenant_id) > (w.lane, w.tenant_id)
        order by q.lane, q.tenant_id limit 1
    ) x
    where w.n < $3 + cardinality($6)
),
around as (
    (select q.lane, q.tenant_id, (select count(*) from walk) + 1 as n from engine.queue q
    where q.owner is null and q.available_at <= $1 and q.lane < $5 and (select count(*) from walk) < $3 + cardinality($6)
    order by q.lane, q.tenant_id limit 1)
    union all
    select x.lane, x.tenant_id, a.n + 1
    from around a cross join lateral (
        select q.lane, q.tenant_id from engine.queue q
        where q.owner is null and q.available_at <= $1 and (q.lane, q.tenant_id) > (a.lane, a.tenant_id) and q.lane < $5
        order by q.lane, q.tenant_id limit 1
    ) x
    where a.n < $3 + cardinality($6)
),
-- More than are wanted: others may be taking the first of them at this moment.
waiting as (
    select c.*
    from (select lane, tenant_id from walk union all select lane, tenant_id from around) t
    cross join lateral (
        select q.execution_id, q.available_at, row_number() over (order by q.available_at) as turn
        from engine.queue q where q.owner is null and q.lane = t.lane and q.tenant_id = t.tenant_id and q.available_at <= $1
        order by q.available_at limit $3 * 2 + 64
    ) c
    where t.tenant_id <> all($6)
    order by c.turn, c.available_at limit $3 * 2 + 64
),
-- Of processes that have gone silent.
abandoned as (
    select q.execution_id, q.available_at, row_number() over (partition by q.tenant_id order by q.available_at) as turn
    from (
        select q.execution_id, q.tenant_id, q.available_at from engine.queue q
        where q.owner is not null and q.available_at <= $1 order by q.available_at limit $3 * 2 + 64
    ) q
),
candidates as (
    select * from waiting union all select * from abandoned
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
),
claimed as (
    update engine.executions e set fence = e.fence + 1, status = 2
    from picked p
    where e.id = p.execution_id
    returning e.id, e.tenant_id, e.community_id, e.entity_id, e.workflow_id, e.version_id, e.fence, e.head_seq, e.inbox_seq
)
-- The first page is never changed. For an execution that was only accepted it is the whole journal.
-- A large one is read by its runner, not by the claim of 64 executions.
select c.*, case when octet_length(j.page) <= 65536 then j.page end
from claimed c left join engine.journal j on j.execution_id = c.id and j.seq = 1
