with w as (
    select * from unnest(:id::uuid[], :fence::bigint[], :base_seq::bigint[], :events::integer[], :status::smallint[], :seen_inbox::bigint[],
            :available_at::timestamptz[], :ended::boolean[], :output::bytea[], :error_code::text[], :error_message::text[], :error_node::text[],
            :nodes_executed::integer[], :failures::boolean[], :page::bytea[])
        as w (id, fence, base_seq, events, status, seen_inbox,
            available_at, ended, output, error_code, error_message, error_node,
            nodes_executed, failures, page)
),
-- Locked in the order of ids, so that two writers can't wait for each other. After a wait the conditions are checked again on the row as
-- the other one left it: a claim that was just committed makes this write a stale one.
l as materialized (
    select w.*, e.inbox_seq
    from w join engine.executions e on e.id = w.id
    where e.fence = w.fence and e.head_seq = w.base_seq and e.status = 2
    order by e.id
    for no key update of e
),
u as (
    update engine.executions e
    set status = l.status, head_seq = l.base_seq + l.events, output = l.output, error_code = l.error_code, error_message = l.error_message,
        error_node = l.error_node, nodes_executed = l.nodes_executed, ended_at = case when l.ended then :now::timestamptz end
    from l
    where e.id = l.id and (l.seen_inbox is null or l.seen_inbox = l.inbox_seq)
    returning e.id, e.tenant_id, e.community_id, e.workflow_id, l.ended, l.seen_inbox is not null as parked, l.available_at, l.status,
        -- A workflow that looks after failures has nothing to do after another end.
        case when not l.ended then 0 when l.status = 5 then e.on_end else e.on_end & ~8::smallint end as on_end
),
journal as (
    insert into engine.journal (execution_id, seq, tenant_id, community_id, events, failures, page)
    select u.id, l.base_seq + 1, u.tenant_id, u.community_id, l.events, l.failures, l.page from l join u on u.id = l.id where l.events > 0
),
opened as (
    insert into engine.bookmarks (id, execution_id, tenant_id, community_id, node_id, kind, key, due, data, created_at)
    select x.bookmark, u.id, u.tenant_id, u.community_id, x.node_id, x.kind, x.key, x.due, x.data, :now::timestamptz
    from unnest(:opened_by::uuid[], :bookmark::uuid[], :bookmark_node::text[], :bookmark_kind::text[], :bookmark_key::text[],
            :bookmark_due::timestamptz[], :bookmark_data::bytea[])
        as x (id, bookmark, node_id, kind, key, due, data)
    join u on u.id = x.id
    where not u.ended
),
closed as (
    delete from engine.bookmarks b
    using unnest(:closed_by::uuid[], :closed::uuid[]) as x (id, bookmark) join u on u.id = x.id
    where b.id = x.bookmark and b.execution_id = u.id and not u.ended
),
closed_all as (
    delete from engine.bookmarks b using u where b.execution_id = u.id and u.ended
),
consumed as (
    delete from engine.inbox i
    using unnest(:consumed_by::uuid[], :consumed::bigint[]) as x (id, number) join u on u.id = x.id
    where i.execution_id = u.id and i.number = x.number and not u.ended
),
endings as (
    insert into engine.endings (execution_id, tenant_id, community_id, workflow_id, on_end, status, ended_at, available_at)
    select id, tenant_id, community_id, workflow_id, on_end, status, :now::timestamptz, :now::timestamptz from u where on_end <> 0
),
left_queue as (
    delete from engine.queue q using u where q.execution_id = u.id and (u.ended or u.parked)
),
given_back as (
    update engine.queue q set available_at = u.available_at, owner = null from u where q.execution_id = u.id and u.available_at is not null
)
select l.id, u.id is not null as written, coalesce(u.on_end <> 0, false) as has_ending from l left join u on u.id = l.id
